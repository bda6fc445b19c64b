package io.tapstack.requirements;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every requirement is proved by a test, or has a reason why not. */
class RequirementsTest {
  @Test
  void everyRequirementHasATestOrAReason() throws IOException {
    CitationScanner scanner = Requirements.scan(Requirements.root());
    Coverage coverage = new Coverage(Requirements.catalogue(), scanner.citations());
    List<String> report = new ArrayList<>(coverage.report());
    Path file = Requirements.root().resolve("integration-tests/target/requirements.txt");
    Files.createDirectories(file.getParent());
    Files.write(file, report);
    System.out.println("Requirements and the tests that prove them (all in " + file + "):");
    coverage.summary().forEach(line -> System.out.println("  " + line));
    List<String> faults = new ArrayList<>(scanner.faults());
    faults.addAll(coverage.faults());
    assertThat(faults).isEmpty();
  }

  @Test
  void rfc9293IsListedInFull() {
    List<String> ids = new ArrayList<>();
    IntStream.rangeClosed(1, 69).forEach(i -> ids.add("RFC 9293 MUST-" + i));
    IntStream.rangeClosed(1, 31).forEach(i -> ids.add("RFC 9293 SHLD-" + i));
    IntStream.rangeClosed(1, 18).forEach(i -> ids.add("RFC 9293 MAY-" + i));
    ids.add("RFC 9293 REC-1");
    assertThat(ids).hasSize(119);
    assertThat(Requirements.catalogue().of("RFC 9293"))
        .extracting(Requirement::key)
        .containsExactlyInAnyOrderElementsOf(ids);
  }
}
