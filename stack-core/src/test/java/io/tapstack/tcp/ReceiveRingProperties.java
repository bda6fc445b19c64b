package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The receive ring against the plain stream of bytes that were appended. */
class ReceiveRingProperties {
  /** A positive number appends a packet of so many bytes, a negative one reads. */
  @Provide
  Arbitrary<Integer> steps() {
    return Arbitraries.integers().between(-3000, 1400);
  }

  @Property(tries = 500)
  void readsWhatWasAppendedAndGivesEveryPacketBack(
      @ForAll @Size(max = 100) List<@From("steps") Integer> steps) {
    PacketPool pool = new PacketPool(128, 2048);
    ReceiveRing ring = new ReceiveRing();
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    Random random = new Random(11);
    for (int step : steps) {
      if (step > 0) {
        byte[] bytes = new byte[step];
        random.nextBytes(bytes);
        ring.append(packet(pool, bytes), 512);
        written.write(bytes, 0, step);
      } else {
        byte[] target = new byte[-step];
        int before = ring.readable();
        int n =
            step % 2 == 0
                ? ring.read(target, 0, target.length)
                : ring.read(ByteBuffer.wrap(target));
        assertThat(n).isEqualTo(Math.min(before, target.length));
        read.write(target, 0, n);
        if (step % 3 == 0) {
          ring.reclaim();
        }
      }
      assertThat(ring.unread()).isEqualTo(written.size() - read.size());
      assertThat(ring.unread()).isEqualTo(ring.readable());
    }
    byte[] rest = new byte[ring.readable()];
    ring.read(rest, 0, rest.length);
    read.write(rest, 0, rest.length);
    assertThat(read.toByteArray()).isEqualTo(written.toByteArray());
    ring.reclaim();
    assertThat(pool.outstanding()).isZero();
  }

  @Property(tries = 50)
  void smallPayloadsShareAPacket(@ForAll @Size(max = 100) List<@From("small") Integer> sizes) {
    PacketPool pool = new PacketPool(128, 2048);
    ReceiveRing ring = new ReceiveRing();
    int bytes = 0;
    for (int size : sizes) {
      ring.append(packet(pool, new byte[size]), 512);
      bytes += size;
    }
    // A packet is left only when the next payload no longer fits behind its headroom.
    assertThat(pool.outstanding()).isLessThanOrEqualTo(1 + bytes / (2048 - Packet.HEADROOM - 16));
    ring.releaseAll();
    assertThat(pool.outstanding()).isZero();
  }

  @Provide
  Arbitrary<Integer> small() {
    return Arbitraries.integers().between(1, 16);
  }

  /** A reader on a thread of its own sees every byte in order, whatever the interleaving. */
  @Property(tries = 3)
  void aReaderMayRunBesideTheOwner(@ForAll long seed) throws InterruptedException {
    PacketPool pool = new PacketPool(64, 2048);
    ReceiveRing ring = new ReceiveRing();
    int total = 4_000_000;
    int[] errors = new int[1];
    Thread reader =
        new Thread(
            () -> {
              byte[] target = new byte[5000];
              int position = 0;
              while (position < total) {
                int n = ring.read(target, 0, target.length);
                for (int i = 0; i < n; i++) {
                  if (target[i] != (byte) ((position + i) * 31 >> 3)) {
                    errors[0]++;
                  }
                }
                position += n;
              }
            });
    reader.start();
    Random random = new Random(seed);
    int position = 0;
    while (position < total) {
      ring.reclaim();
      Packet packet = pool.acquire();
      if (packet == null) {
        Thread.onSpinWait();
        continue;
      }
      int size = Math.min(total - position, random.nextInt(10) < 3 ? 7 : 1400);
      for (int i = 0; i < size; i++) {
        packet.buffer.put(packet.start + i, (byte) ((position + i) * 31 >> 3));
      }
      packet.end = packet.start + size;
      ring.append(packet, 512);
      position += size;
    }
    reader.join();
    ring.reclaim();
    assertThat(errors[0]).isZero();
    assertThat(pool.outstanding()).isZero();
  }

  private static Packet packet(PacketPool pool, byte[] bytes) {
    Packet packet = pool.acquire();
    assertThat(packet).isNotNull();
    packet.buffer.put(packet.start, Arrays.copyOf(bytes, bytes.length));
    packet.end = packet.start + bytes.length;
    return packet;
  }
}
