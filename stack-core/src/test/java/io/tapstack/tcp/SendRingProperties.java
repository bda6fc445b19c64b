package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The send ring against a plain list of the bytes that were written, and growing. */
class SendRingProperties {
  private static final int CAPACITY = 1024;

  /** A positive number writes so many bytes, a negative one acknowledges. */
  @Provide
  Arbitrary<Integer> steps() {
    return Arbitraries.integers().between(-CAPACITY, 2 * CAPACITY);
  }

  @Property(tries = 500)
  void gathersWhatWasWritten(
      @ForAll @Size(max = 60) List<@net.jqwik.api.From("steps") Integer> steps) {
    RingMemory memory = new RingMemory(CAPACITY, CAPACITY);
    SendRing ring = new SendRing(memory);
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    Random random = new Random(7);
    Packet packet = new PacketPool(1, 256).acquire();
    for (int step : steps) {
      if (step >= 0) {
        byte[] bytes = new byte[step];
        random.nextBytes(bytes);
        int room = ring.room();
        int taken = step % 2 == 0 ? ring.write(bytes, 0, step) : ring.write(ByteBuffer.wrap(bytes));
        assertThat(taken).isEqualTo(Math.min(room, step));
        model.write(bytes, 0, taken);
      } else if (step % 8 == 0) {
        ring.limit(ring.limit() * 2 + step); // not always a power of two, nor always larger
      } else {
        ring.discard((int) Math.min(-step, ring.tail() - ring.head()));
      }
      byte[] all = model.toByteArray();
      int held = (int) (ring.tail() - ring.head());
      assertThat(ring.tail()).isEqualTo(all.length);
      assertThat(ring.room()).isEqualTo(Math.max(ring.limit() - held, 0));
      if (held > 0) {
        int from = (int) ring.head() + random.nextInt(held);
        int length = 1 + random.nextInt(all.length - from);
        ring.gather(packet.clear(0), from, length);
        ByteBuffer seen = ByteBuffer.allocate(length);
        packet.copyTo(seen, 0);
        assertThat(seen.array()).isEqualTo(java.util.Arrays.copyOfRange(all, from, from + length));
      }
    }
    ring.release();
    assertThat(memory.used()).isZero();
  }
}
