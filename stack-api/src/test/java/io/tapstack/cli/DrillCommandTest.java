package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The lines, the totals, the file and the exit status of {@code tapstack drill}. */
class DrillCommandTest {
  private static final String REFUSED = "0 < S 0:0(0) win 1000\n+0 > R. 0:0(0) ack 1\n";

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Tapstack.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @Test
  void tellsOfEachScriptAndAll() throws IOException {
    Files.writeString(directory.resolve("a.pkt"), REFUSED);
    Files.writeString(directory.resolve("b.pkt"), "0 frobnicate(3) = 0\n");
    assertThat(run("drill", directory.toString())).isZero();
    assertThat(out.toString())
        .contains("a.pkt: passed")
        .contains("b.pkt: unsupported: line 1: call frobnicate")
        .endsWith("1 passed, 0 failed, 1 unsupported" + System.lineSeparator());
  }

  @Test
  void aFailureIsTheExitStatus() throws IOException {
    Path script = directory.resolve("c.pkt");
    Files.writeString(script, REFUSED.replace("ack 1", "ack 2"));
    Path json = directory.resolve("report.json");
    assertThat(run("drill", "--mode", "neutral", "--json", json.toString(), script.toString()))
        .isOne();
    assertThat(out.toString()).contains("failed: line 2: expected +0 > R. 0:0(0) ack 2; seen R.");
    assertThat(Files.readString(json))
        .contains("\"verdict\":\"failed\",\"line\":2,\"expected\":\"+0 > R. 0:0(0) ack 2\"");
  }

  @Test
  void wrongUseIsTold() {
    assertThat(run("drill", "--set", "speed=1", directory.toString())).isEqualTo(2);
    assertThat(err.toString())
        .contains("there is no knob speed; expected one of abort_on_overflow");
    assertThat(run("drill", directory.resolve("missing").toString())).isOne();
    assertThat(run("drill", directory.toString())).isOne();
    assertThat(err.toString()).contains("there is no *.pkt file in");
  }
}
