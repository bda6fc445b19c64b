package io.tapstack.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.link.Pipe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PcapLinkTest {
  private final PacketPool pool = new PacketPool(4, 2048);
  private final Pipe pipe = Pipe.create();
  @TempDir Path directory;

  private Packet frame(int length) {
    Packet packet = pool.acquire();
    assertThat(packet).isNotNull();
    for (int i = 0; i < length; i++) {
      packet.buffer.put(packet.end++, (byte) i);
    }
    return packet;
  }

  /** Two frames out of the left end and into the right one, 1 ns apart. */
  private Path capture() throws IOException {
    Path path = directory.resolve("capture.pcapng");
    long[] now = {1_000_000_000L};
    try (PcapngFile file = PcapngFile.create(path)) {
      PcapLink left = PcapLink.capture(pipe.left(), file, () -> ++now[0]);
      PcapLink right = PcapLink.capture(pipe.right(), file, () -> ++now[0]);
      assertThat(LinkDecorator.innermost(left)).isSameAs(pipe.left());
      Packet out = frame(60);
      assertThat(left.transmit(out)).isTrue();
      out.gather(ByteBuffer.allocateDirect(10), 2, 3, 0, 2);
      assertThat(left.transmit(out)).isTrue();
      Packet in = pool.acquire();
      assertThat(in).isNotNull();
      assertThat(right.receive(in)).isTrue();
      assertThat(right.receive(in.clear())).isTrue();
      assertThat(right.receive(in.clear())).isFalse();
      assertThat(file.frames()).isEqualTo(4);
      left.close();
      assertThat(Files.size(path)).as("flushed by the link").isGreaterThan(4 * 60);
      right.close();
    }
    return path;
  }

  @Test
  void blocksAreAsTheFormatSays() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(capture()));
    assertThat(bytes.getInt(0)).isEqualTo(0x0a0d0d0a);
    assertThat(bytes.getInt(8)).isEqualTo(0x1a2b3c4d);
    int interfaces = 0;
    int packets = 0;
    for (int at = 0; at < bytes.capacity(); ) {
      int type = bytes.getInt(at);
      int length = bytes.getInt(at + 4);
      assertThat(length % 4).isZero();
      assertThat(bytes.getInt(at + length - 4)).as("the length once more").isEqualTo(length);
      interfaces += type == 1 ? 1 : 0;
      if (type == 6) {
        packets++;
        long time = (long) bytes.getInt(at + 12) << 32 | bytes.getInt(at + 16) & 0xffff_ffffL;
        assertThat(time).isEqualTo(1_000_000_000L + packets);
        assertThat(bytes.getInt(at + 8)).as("interface").isEqualTo(packets <= 2 ? 0 : 1);
        assertThat(bytes.getInt(at + 20)).isEqualTo(packets % 2 == 1 ? 60 : 65);
        assertThat(bytes.get(at + 28 + 59)).isEqualTo((byte) 59);
        int flags = bytes.getInt(at + length - 12);
        assertThat(flags).as("direction").isEqualTo(packets <= 2 ? 2 : 1);
      }
      at += length;
    }
    assertThat(interfaces).isEqualTo(2);
    assertThat(packets).isEqualTo(4);
  }

  @Test
  void tsharkReadsIt() throws Exception {
    assumeTrue(
        isInstalled("tshark"),
        "tshark is not installed, so Wireshark's own reader was not tried; another test has"
            + " looked at the blocks");
    Process process =
        new ProcessBuilder(
                "tshark",
                "-r",
                capture().toString(),
                "-T",
                "fields",
                "-e",
                "frame.interface_name",
                "-e",
                "frame.time_epoch",
                "-e",
                "frame.len",
                "-e",
                "frame.packet_flags_direction")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
    String left = pipe.left().name();
    String right = pipe.right().name();
    assertThat(output.lines().map(line -> line.replaceAll("0x0+", "")))
        .containsExactly(
            left + "\t1.000000001\t60\t2",
            left + "\t1.000000002\t65\t2",
            right + "\t1.000000003\t60\t1",
            right + "\t1.000000004\t65\t1");
  }

  private static boolean isInstalled(String program) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aFullDiskEndsTheCaptureAndNotTheNetwork() {
    PcapngFile file =
        new PcapngFile(
            new WritableByteChannel() {
              @Override
              public int write(ByteBuffer source) throws IOException {
                throw new IOException("no space left");
              }

              @Override
              public boolean isOpen() {
                return true;
              }

              @Override
              public void close() {}
            });
    PcapLink link = PcapLink.capture(pipe.left(), file, PcapLink.timeOfDay());
    Packet packet = frame(1500);
    for (int i = 0; i < 250; i++) {
      assertThat(link.transmit(packet)).isTrue();
    }
    assertThat(file.problem()).hasMessage("no space left");
    link.close();
    file.close();
  }
}
