package io.tapstack.it.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.drill.Mode;
import io.tapstack.drill.Runner;
import io.tapstack.drill.Script;
import io.tapstack.drill.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our own scripts hold, and the runner notices what is wrong in copies of them. */
class DrillTest {
  private static final Path DIRECTORY = Path.of("src/test/scripts/drill");
  private static final Runner EXACT = new Runner(Mode.EXACT, Map.of());

  static List<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(DIRECTORY)) {
      return files.filter(file -> file.toString().endsWith(".pkt")).sorted().toList();
    }
  }

  private static Verdict run(Mode mode, String text) {
    return new Runner(mode, Map.of()).run(Script.parse(text));
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void aScriptPasses(Path script) throws IOException {
    String text = Files.readString(script);
    assertThat(run(Mode.EXACT, text)).hasToString("passed");
    assertThat(run(Mode.NEUTRAL, text)).hasToString("passed");
  }

  /**
   * The mutants of each script, spread evenly over it: as many as {@code -Dtapstack.drill.mutants}
   * says, 0 for all.
   */
  @Test
  void mutantsAreRejected() throws IOException {
    int most = Integer.getInteger("tapstack.drill.mutants", 40);
    int all = 0;
    List<String> accepted = new ArrayList<>();
    for (Path path : scripts()) {
      List<Mutants.Mutant> mutants = Mutants.of(Files.readString(path));
      int step = most == 0 ? 1 : Math.max(1, (mutants.size() + most - 1) / most);
      for (int i = 0; i < mutants.size(); i += step) {
        Mutants.Mutant mutant = mutants.get(i);
        all++;
        // Unsupported is not rejected: the script was not judged.
        if (!(EXACT.run(Script.parse(mutant.text())) instanceof Verdict.Failed)) {
          accepted.add(DIRECTORY.relativize(path) + " " + mutant.what());
        }
      }
    }
    if (most == 0) {
      System.out.println(all + " mutants, " + accepted.size() + " accepted: " + accepted);
    }
    assertThat(all).isGreaterThan(5000);
    assertThat(accepted.size()).as("of %s accepted: %s", all, accepted).isLessThan(all / 100);
  }

  private static final String LISTEN =
      """
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 bind(3, ..., ...) = 0
      +0 listen(3, 1) = 0
      +0 < S 0:0(0) win 1000 <mss 1000,sackOK>
      """;

  private static final String ESTABLISHED =
      LISTEN
          + """
          +0 > S. 0:0(0) ack 1 <...>
          +0 < . 1:1(0) ack 1 win 1000
          +0 accept(3, ..., ...) = 4
          +0 setsockopt(4, SOL_TCP, TCP_QUICKACK, [0], 4) = 0
          """;

  @Test
  void neutralModeLetsPlainAcksBeLateOrMissing() {
    String early =
        ESTABLISHED
            + """
            +.1 < P. 1:101(100) ack 1 win 1000
            +0 > . 1:1(0) ack 101
            +.2 < R. 101:101(0) ack 1 win 0
            """;
    assertThat(run(Mode.EXACT, early)).isInstanceOf(Verdict.Failed.class);
    assertThat(run(Mode.NEUTRAL, early)).hasToString("passed");
    String carried =
        ESTABLISHED
            + """
            +.1 < P. 1:101(100) ack 1 win 1000
            +0 > . 1:1(0) ack 101
            +.01 write(4, ..., 10) = 10
            +0 > P. 1:11(10) ack 101
            """;
    assertThat(run(Mode.NEUTRAL, carried)).hasToString("passed");
    String unlisted =
        ESTABLISHED
            + """
            +.1 < P. 1:101(100) ack 1 win 1000
            +.1 < P. 101:201(100) ack 1 win 1000
            +.04 > . 1:1(0) ack 201
            """;
    assertThat(run(Mode.EXACT, unlisted)).isInstanceOf(Verdict.Failed.class);
    assertThat(run(Mode.NEUTRAL, unlisted)).hasToString("passed");
  }

  @Test
  void neutralModeIsStrictWithAllOtherAcks() {
    String challenge = ESTABLISHED + "+.1 < . 1:1(0) ack 900 win 1000\n";
    assertThat(run(Mode.NEUTRAL, challenge)).isInstanceOf(Verdict.Failed.class);
    String duplicate = ESTABLISHED + "+.1 < P. 101:201(100) ack 1 win 1000\n+.1 > . 1:1(0) ack 1\n";
    assertThat(run(Mode.NEUTRAL, duplicate)).isInstanceOf(Verdict.Failed.class);
    String never =
        ESTABLISHED
            + """
            +.1 < P. 1:101(100) ack 1 win 1000
            +.04 > . 1:1(0) ack 101
            +.01 < . 101:101(0) ack 1 win 1000
            +0 > . 1:1(0) ack 101
            """;
    assertThat(run(Mode.NEUTRAL, never)).isInstanceOf(Verdict.Failed.class);
    String wrong =
        ESTABLISHED + "+.1 < P. 1:101(100) ack 1 win 1000\n+0 > . 1001:1001(0) ack 101\n";
    assertThat(run(Mode.NEUTRAL, wrong)).isInstanceOf(Verdict.Failed.class);
    String other = ESTABLISHED + "+0 write(4, ..., 100) = 100\n+0 > . 1:101(100) ack 1\n";
    assertThat(run(Mode.EXACT, other)).asString().contains("differs: flags");
    assertThat(run(Mode.NEUTRAL, other)).hasToString("passed"); // PSH is free
  }

  @Test
  void aFailureSaysWhereWhatAndWhatInstead() {
    Verdict verdict = run(Mode.EXACT, ESTABLISHED.replace("S. 0:0(0) ack 1", "S. 0:0(0) ack 2"));
    assertThat(verdict)
        .isEqualTo(
            new Verdict.Failed(
                5,
                "+0 > S. 0:0(0) ack 2 <...>",
                "S. 0:0(0) ack 1 win 65535 <mss 1460,nop,nop,sackOK> at 0.000000 (differs: ack)"));
  }
}
