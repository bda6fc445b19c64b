package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.InternetChecksum;
import java.nio.ByteBuffer;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** A partial checksum, completed over runs of any length, against the textbook over one run. */
class PartialChecksumProperties {
  private static final int FIELD = 6;

  @Property
  void isTheChecksumOfAllRuns(
      @ForAll @Size(min = 8, max = 60) byte[] header,
      @ForAll @Size(max = 100) byte[] tail,
      @ForAll @Size(max = 100) byte[] wrap,
      @ForAll @IntRange(max = 0xffff) int pseudo) {
    Packet packet = Objects.requireNonNull(new PacketPool(1, 512).acquire());
    ByteBuffer ring = ByteBuffer.allocateDirect(512);
    ring.put(300, tail);
    ring.put(7, wrap);
    packet.end = packet.start + header.length;
    packet.buffer.put(packet.start, header);
    packet.buffer.putShort(packet.start + FIELD, (short) pseudo);
    packet.gather(ring, 300, tail.length, 7, wrap.length);
    packet.checksumStart = packet.start;
    packet.checksumOffset = FIELD;

    ByteBuffer whole = ByteBuffer.allocate(packet.totalLength());
    packet.copyTo(whole, 0);
    int expected = ~InternetChecksum.textbook(whole, 0, whole.capacity()) & 0xffff;

    PartialChecksum.complete(packet);
    int computed = packet.buffer.getShort(packet.start + FIELD) & 0xffff;
    assertThat(computed).isEqualTo(expected == 0 ? 0xffff : expected);
    assertThat(packet.checksumStart).isEqualTo(-1);
    // A second time it changes nothing: the checksum is whole.
    PartialChecksum.complete(packet);
    assertThat(packet.buffer.getShort(packet.start + FIELD) & 0xffff).isEqualTo(computed);
  }
}
