package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The out-of-order store against a byte array with a flag for each byte that came. */
class OutOfOrderStoreProperties {
  private static final int SPACE = 600;

  record Piece(int from, int length) {}

  @Provide
  Arbitrary<Piece> pieces() {
    return Combinators.combine(
            Arbitraries.integers().between(0, SPACE - 1), Arbitraries.integers().between(1, 120))
        .as((from, length) -> new Piece(from, Math.min(length, SPACE - from)));
  }

  @Property(tries = 1000)
  void givesBackEveryByteThatCame(
      @ForAll int base, @ForAll @Size(max = 60) List<@From("pieces") Piece> pieces) {
    PacketPool pool = new PacketPool(128, 512);
    OutOfOrderStore store = new OutOfOrderStore(1000);
    boolean[] came = new boolean[SPACE];
    for (Piece piece : pieces) {
      store.insert(packet(pool, base, piece));
      for (int i = 0; i < piece.length; i++) {
        came[piece.from + i] = true;
      }
    }
    assertThat(store.size()).isEqualTo(pool.outstanding());
    int position = 0;
    while (position < SPACE) {
      Packet next = store.takeFrom(base + position);
      if (next == null) {
        assertThat(came[position]).as("byte %d came and is not there", position).isFalse();
        position++; // as if the missing byte came now
        continue;
      }
      assertThat(next.sequence).isEqualTo(base + position);
      for (int i = 0; i < next.length(); i++) {
        assertThat(came[position + i]).isTrue();
        assertThat(next.buffer.get(next.start + i)).isEqualTo((byte) (position + i));
      }
      position += next.length();
      next.release();
    }
    assertThat(store.isEmpty()).isTrue();
    assertThat(pool.outstanding()).isZero();
  }

  @Property(tries = 200)
  void neverHoldsMoreThanItsLimit(@ForAll @Size(max = 60) List<@From("pieces") Piece> pieces) {
    PacketPool pool = new PacketPool(128, 512);
    OutOfOrderStore store = new OutOfOrderStore(5);
    for (Piece piece : pieces) {
      store.insert(packet(pool, 0, piece));
      assertThat(store.size()).isLessThanOrEqualTo(5);
      assertThat(store.size()).isEqualTo(pool.outstanding());
    }
    store.releaseAll();
    assertThat(pool.outstanding()).isZero();
  }

  private static Packet packet(PacketPool pool, int base, Piece piece) {
    Packet packet = pool.acquire();
    assertThat(packet).isNotNull();
    packet.sequence = base + piece.from;
    packet.end = packet.start + piece.length;
    for (int i = 0; i < piece.length; i++) {
      packet.buffer.put(packet.start + i, (byte) (piece.from + i));
    }
    return packet;
  }
}
