package io.tapstack.requirements;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is unknown, forgotten or contradictory is a fault. */
class CoverageTest {
  private static Catalogue catalogue() {
    return new Catalogue()
        .requirements(
            "list.txt",
            List.of(
                "# a remark",
                "RFC 9293 | TCP",
                "MUST-1 | 3.1 | Unsigned.",
                "MUST-2 | 3.1 | Checksum.",
                "MAY-1 | 3.6.1 | Half-duplex.",
                "",
                "RFC 8985 | RACK",
                "7.2 | SHLD | Schedule.",
                "attack | Attacks",
                "13 | Tiny segments."));
  }

  private static Coverage coverage(Catalogue catalogue, String... cited) {
    return new Coverage(
        catalogue,
        Stream.of(cited)
            .map(
                key -> {
                  int space = key.lastIndexOf(' ');
                  return new Citation(
                      key.substring(0, space), key.substring(space + 1), "FooTest.bar", "Foo:7");
                })
            .toList());
  }

  @Test
  void allIsWellIfEveryRequirementHasATestOrAReason() {
    Catalogue catalogue =
        catalogue().deviations("deviations.txt", List.of("RFC 9293 MUST-2 | Because."));
    Coverage coverage =
        coverage(catalogue, "RFC 9293 MUST-1", "RFC 8985 7.2", "attack 13", "RFC 8985 6.1");
    assertThat(coverage.faults()).isEmpty();
    assertThat(coverage.summary())
        .contains("all        3 proved,  1 with a reason,  0 open, 1 free and not done")
        .endsWith("open: nothing");
    assertThat(coverage.report())
        .containsSubsequence(
            "  MUST-1 (3.1) Unsigned.",
            "      proved by FooTest.bar",
            "  MUST-2 (3.1) Checksum.",
            "      no test: Because.",
            "  MAY-1 (3.6.1) Half-duplex.",
            "      free, and not done")
        .contains("      6.1 by FooTest.bar");
  }

  @Test
  void aPartOfASectionProvesItAndASectionNotItsPart() {
    Coverage part =
        coverage(catalogue(), "RFC 9293 MUST-1", "RFC 9293 MUST-2", "attack 13", "RFC 8985 7.2.1");
    assertThat(part.faults()).isEmpty();
    Coverage whole =
        coverage(catalogue(), "RFC 9293 MUST-1", "RFC 9293 MUST-2", "attack 13", "RFC 8985 7");
    assertThat(whole.faults())
        .containsExactly("RFC 8985 7.2 has neither a test nor a reason why not: Schedule.");
    assertThat(coverage(catalogue(), "RFC 9293 MUST-13").faults())
        .contains("Foo:7: RFC 9293 MUST-13 is cited, but there is no such thing");
  }

  @Test
  void whatIsNotListedCannotBeCited() {
    assertThat(
            coverage(catalogue(), "RFC 9 1", "attack 14", "RFC 8985 MUST-1", "RFC 9293 MUST-70")
                .faults())
        .contains(
            "Foo:7: RFC 9 1 is cited, but RFC 9 is not listed",
            "Foo:7: attack 14 is cited, but there is no such thing",
            "Foo:7: RFC 8985 MUST-1 is cited, but there is no such thing",
            "Foo:7: RFC 9293 MUST-70 is cited, but there is no such thing");
  }

  @Test
  void whatHasNeitherIsAFaultAndWhatHasBothAsWell() {
    Catalogue catalogue =
        catalogue().deviations("deviations.txt", List.of("RFC 9293 MUST-2 | Because."));
    Coverage coverage = coverage(catalogue, "RFC 8985 7.2", "attack 13", "RFC 9293 MUST-2");
    assertThat(coverage.faults())
        .containsExactly(
            "RFC 9293 MUST-1 has neither a test nor a reason why not: Unsigned.",
            "RFC 9293 MUST-2 has a reason to have no test, and one at Foo:7");
    assertThat(coverage.summary()).endsWith("open: RFC 9293 MUST-1");
  }

  @Test
  void aLineThatIsWrongIsNamed() {
    Catalogue catalogue =
        catalogue()
            .requirements(
                "more.txt", List.of("RFC 1 | One", "RFC 1 | Twice", "x", "1 | a", "1 | b"))
            .deviations("deviations.txt", List.of("RFC 2 1 | Because.", "RFC 1 1"));
    assertThat(catalogue.faults())
        .containsExactly(
            "more.txt:2: RFC 1 is there twice",
            "more.txt:3: expected \"id | where | text\" of a document",
            "more.txt:5: RFC 1 1 is there twice",
            "deviations.txt:1: RFC 2 1 is no requirement that is listed",
            "deviations.txt:2: expected \"requirement | reason\"");
  }
}
