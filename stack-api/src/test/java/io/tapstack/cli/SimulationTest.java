package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tapstack sim}, which needs nothing but itself. */
class SimulationTest {
  /** What a run prints, without the one thing in it that depends on the machine. */
  private static String run(String arguments) {
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int status;
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      status = Tapstack.commandLine().execute(("sim " + arguments).strip().split(" "));
    } finally {
      System.setOut(out);
    }
    assertThat(status).as("%s", printed).isZero();
    return printed.toString(StandardCharsets.UTF_8).replaceAll("computed in [0-9.]+ s", "computed");
  }

  @Test
  void aDownloadOverABadWireIsRight() {
    assertThat(run("--bytes 1M --loss 5% --duplicate 5% --reorder 5% --corrupt 5%"))
        .contains(
            "SHA-256           f85e08859047d0e7c8fab4d057b3a8cb832bf53106733664de85b03cea30d7ae ok")
        .contains("downloaded        1.0 MB")
        .containsPattern("retransmissions   [1-9][0-9]* segments");
  }

  @Test
  void aSeedRepeatsARunAndAnotherSeedDoesNot() {
    String wire = "--bytes 500k --loss 2% --reorder 2% --seed ";
    assertThat(run(wire + 7)).isEqualTo(run(wire + 7));
    assertThat(run(wire + 8)).isNotEqualTo(run(wire + 7).replace("seed 7", "seed 8"));
  }

  @Test
  void aPerfectWireNeedsNoRetransmissionAndIsFilled() {
    assertThat(run("--bytes 10M --loss 0 --rate 100M --delay 1ms"))
        .contains("retransmissions   0 segments")
        .containsPattern("goodput           9[0-9]\\.[0-9]+ Mbit/s");
    assertThat(run("--bytes 1M --loss 0 --rate 0 --delay 0ms"))
        .contains("retransmissions   0 segments")
        .contains("without limit");
  }

  @Test
  void ipv6AndOtherSizesWorkToo() {
    assertThat(run("--bytes 0 --address fd01::2/64 --host-address fd01::1/64")).contains(" ok");
    assertThat(run("--bytes 1 --mtu 1280")).contains(" ok");
    assertThat(run("--bytes 3M --mtu 9000 --loss 1%")).contains(" ok");
  }

  @Test
  void theCaptureIsThere(@TempDir Path directory) throws Exception {
    Path capture = directory.resolve("sim.pcapng");
    run("--bytes 100k --loss 0 --pcap " + capture);
    byte[] file = Files.readAllBytes(capture);
    assertThat(file).startsWith(0x0a, 0x0d, 0x0d, 0x0a);
    // Each end captures every frame.
    assertThat(file.length).isGreaterThan(200_000);
  }
}
