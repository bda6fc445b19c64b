package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.wire.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Packets, and the pool they come from. */
class PacketPoolTest {
  @Test
  void countsWhatIsOutAndSaysWhenItIsEmpty() {
    PacketPool pool = new PacketPool(3, 500);
    assertThat(pool.capacity()).isEqualTo(3);
    assertThat(pool.cellSize()).isEqualTo(512);
    List<Packet> out = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      out.add(Objects.requireNonNull(pool.acquire()));
    }
    assertThat(pool.available()).isZero();
    assertThat(pool.outstanding()).isEqualTo(3);
    assertThat(pool.acquire()).isNull();
    assertThat(pool.exhausted()).isEqualTo(1);
    out.forEach(Packet::release);
    assertThat(pool.outstanding()).isZero();
    assertThat(pool.acquire()).isNotNull();
  }

  @Test
  void cellsAreDisjointRunsOfTheSlab() {
    PacketPool pool = new PacketPool(4, 64);
    List<Packet> out = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Packet packet = Objects.requireNonNull(pool.acquire());
      for (int at = 0; at < 64; at++) {
        packet.buffer.put(at, (byte) (i + 1));
      }
      out.add(packet);
    }
    for (int i = 0; i < 4; i++) {
      for (int at = 0; at < 64; at++) {
        assertThat(pool.slab().get(out.get(i).slabOffset + at)).isEqualTo((byte) (i + 1));
      }
    }
    assertThatThrownBy(() -> out.get(0).buffer.get(64))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(out.get(0).buffer.isDirect()).isTrue();
  }

  @Test
  void refusesASecondRelease() {
    PacketPool pool = new PacketPool(1, 64);
    Packet packet = Objects.requireNonNull(pool.acquire());
    packet.release();
    assertThatThrownBy(packet::release)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a packet was released twice");
  }

  @Test
  void refusesSizesThatCannotBe() {
    for (int[] each : new int[][] {{0, 64}, {-1, 64}, {1, 0}, {1 << 20, 4096}}) {
      assertThatThrownBy(() -> new PacketPool(each[0], each[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("2 GiB");
    }
  }

  @Test
  void aPacketComesBackEmpty() {
    PacketPool pool = new PacketPool(1, 512);
    Packet packet = Objects.requireNonNull(pool.acquire());
    packet.end += 10;
    packet.gather(ByteBuffer.allocate(8), 0, 4, 4, 4);
    packet.checksumStart = 5;
    packet.segmentSize = 7;
    packet.checksumVerified = true;
    packet.linkGroup = true;
    packet.next = packet;
    packet.release();
    assertThat(pool.acquire()).isSameAs(packet);
    assertThat(packet.start).isEqualTo(Packet.HEADROOM).isEqualTo(packet.end);
    assertThat(packet.length()).isZero();
    assertThat(packet.totalLength()).isZero();
    assertThat(packet.tail).isNull();
    assertThat(packet.next).isNull();
    assertThat(packet.checksumStart).isEqualTo(-1);
    assertThat(packet.segmentSize).isZero();
    assertThat(packet.checksumVerified).isFalse();
    assertThat(packet.linkGroup).isFalse();
    assertThat(packet.clear(14).start).isEqualTo(14);
  }

  @Test
  void copiesGatheredRunsInOrder() {
    PacketPool pool = new PacketPool(1, 512);
    Packet packet = Objects.requireNonNull(pool.acquire());
    packet.end = Bytes.of("head").write(packet.buffer, packet.start);
    ByteBuffer ring = ByteBuffer.allocateDirect(16);
    Bytes.of("wrap------__tail").write(ring, 0);
    packet.gather(ring, 12, 4, 0, 4);
    ByteBuffer target = ByteBuffer.allocate(20);
    assertThat(packet.totalLength()).isEqualTo(12);
    assertThat(packet.copyTo(target, 3)).isEqualTo(12);
    assertThat(Bytes.copyOf(target, 3, 12)).isEqualTo(Bytes.of("headtailwrap"));
    packet.release();
  }
}
