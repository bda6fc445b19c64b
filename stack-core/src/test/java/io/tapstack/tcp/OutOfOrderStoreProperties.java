package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The out-of-order store against a byte array with a flag for each byte that came. */
class OutOfOrderStoreProperties {
  private static final int SPACE = 600;

  record Piece(int from, int length) {}

  private final SackBlocks reports = new SackBlocks();
  private final OutOfOrderHolders holders = new OutOfOrderHolders();
  private final OutOfOrderStore store = new OutOfOrderStore(reports, holders);

  @Provide
  Arbitrary<Piece> pieces() {
    return Combinators.combine(
            Arbitraries.integers().between(0, SPACE - 1), Arbitraries.integers().between(1, 120))
        .as((from, length) -> new Piece(from, Math.min(length, SPACE - from)));
  }

  /** Proves: RFC 9293 SHLD-31; RFC 9293 3.10.7.4 */
  @Property(tries = 1000)
  void givesBackEveryByteThatCame(
      @ForAll int base, @ForAll @Size(max = 60) List<@From("pieces") Piece> pieces) {
    PacketPool pool = new PacketPool(128, 512);
    boolean[] came = new boolean[SPACE];
    for (Piece piece : pieces) {
      store.insert(packet(pool, base, piece), 1000);
      mark(came, piece);
      assertThat(store.packets()).isEqualTo(pool.outstanding());
      assertThat(holders.packets()).isEqualTo(pool.outstanding());
    }
    assertThat(store.bytes()).isEqualTo(count(came));
    drain(pool, base, came);
  }

  private void drain(PacketPool pool, int base, boolean[] came) {
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
    assertThat(holders.largest()).isNull();
  }

  /**
   * What SACK and D-SACK are told: the whole run that a segment is in, and the first part of it
   * that was there before. Proves: RFC 2018 4; RFC 2883 4.1; RFC 2883 4.2; RFC 2883 4.3
   */
  @Property(tries = 1000)
  void knowsTheRunAndTheFirstOverlap(
      @ForAll int base, @ForAll @Size(max = 60) List<@From("pieces") Piece> pieces) {
    PacketPool pool = new PacketPool(128, 512);
    boolean[] came = new boolean[SPACE];
    for (Piece piece : pieces) {
      int end = piece.from + piece.length;
      int overlapFrom = piece.from;
      while (overlapFrom < end && !came[overlapFrom]) {
        overlapFrom++;
      }
      int overlapTo = overlapFrom;
      while (overlapTo < end && came[overlapTo]) {
        overlapTo++;
      }
      boolean nothingNew = overlapFrom == piece.from && overlapTo == end;
      assertThat(store.holds(base + piece.from, base + end)).isEqualTo(nothingNew);
      assertThat(store.findOverlap(base + piece.from, base + end))
          .isEqualTo(overlapFrom < overlapTo);
      OutOfOrderStore.Outcome outcome = store.insert(packet(pool, base, piece), 1000);
      assertThat(outcome)
          .isEqualTo(nothingNew ? OutOfOrderStore.Outcome.HELD : OutOfOrderStore.Outcome.STORED);
      if (overlapFrom < overlapTo) {
        assertThat(store.overlapFrom - base).isEqualTo(overlapFrom);
        assertThat(store.overlapTo - base).isEqualTo(overlapTo);
      } else {
        assertThat(store.overlapTo).isEqualTo(store.overlapFrom);
      }
      mark(came, piece);
      int from = piece.from;
      while (from > 0 && came[from - 1]) {
        from--;
      }
      int to = end;
      while (to < SPACE && came[to]) {
        to++;
      }
      assertThat(store.runFrom - base).isEqualTo(from);
      assertThat(store.runTo - base).isEqualTo(to);
      assertThat(store.runs()).isEqualTo(runs(came));
    }
    store.releaseAll();
    assertThat(pool.outstanding()).isZero();
  }

  /** Proves: attack 13 */
  @Property(tries = 500)
  void neverHoldsMoreThanItsLimitAndKeepsWhatIsNearest(
      @ForAll @Size(max = 60) List<@From("pieces") Piece> pieces) {
    PacketPool pool = new PacketPool(128, 256);
    boolean[] came = new boolean[SPACE];
    for (Piece piece : pieces) {
      OutOfOrderStore.Outcome outcome = store.insert(packet(pool, 0, piece), 5);
      assertThat(store.packets()).isBetween(1, 5);
      assertThat(store.packets()).isEqualTo(pool.outstanding());
      if (outcome == OutOfOrderStore.Outcome.REFUSED) {
        // No packet, of which each holds up to 128 bytes, begins behind what is refused.
        assertThat(store.end()).isLessThan(piece.from + piece.length + 128);
      } else {
        mark(came, piece);
      }
      if (store.dropped > 0) {
        Arrays.fill(came, store.end(), SPACE, false); // from the far end, all of it
      }
      assertThat(store.bytes()).isEqualTo(count(came));
    }
    drain(pool, 0, came);
  }

  /** Proves: RFC 2018 8 */
  @Property(tries = 500)
  void whatIsPrunedIsNotReported(@ForAll @Size(min = 1, max = 60) List<@From("pieces") Piece> all) {
    PacketPool pool = new PacketPool(128, 256);
    boolean[] came = new boolean[SPACE];
    for (Piece piece : all) {
      store.insert(packet(pool, 0, piece), 1000);
      reports.stored(store.runFrom, store.runTo);
      mark(came, piece);
    }
    while (!store.isEmpty()) {
      int before = store.packets();
      assertThat(store.prune()).isBetween((before + 1) / 2, before);
      int end = store.isEmpty() ? 0 : store.end();
      Arrays.fill(came, end, SPACE, false);
      assertThat(store.bytes()).isEqualTo(count(came));
      assertThat(reports.highest(0)).isLessThanOrEqualTo(end);
    }
    assertThat(reports.isEmpty()).isTrue();
    assertThat(pool.outstanding()).isZero();
  }

  /** All orders of five segments. Proves: RFC 9293 SHLD-31 */
  @Example
  void anyOrderOfFiveSegments() {
    permute(new int[] {0, 1, 2, 3, 4}, 0);
  }

  private void permute(int[] order, int fixed) {
    if (fixed == order.length) {
      PacketPool pool = new PacketPool(8, 2048);
      boolean[] came = new boolean[SPACE];
      for (int i : order) {
        Piece piece = new Piece(20 + 100 * i, 100);
        store.insert(packet(pool, -300, piece), 8);
        mark(came, piece);
      }
      assertThat(store.runs()).isEqualTo(1);
      assertThat(store.packets()).as("small ones share a packet").isLessThan(3);
      drain(pool, -300, came);
      return;
    }
    for (int i = fixed; i < order.length; i++) {
      swap(order, fixed, i);
      permute(order, fixed + 1);
      swap(order, fixed, i);
    }
  }

  private static void swap(int[] order, int i, int j) {
    int held = order[i];
    order[i] = order[j];
    order[j] = held;
  }

  /** Tiny segments one beside the other need one packet for many. Proves: attack 13 */
  @Property(tries = 50)
  void tinySegmentsShareAPacket(@ForAll boolean backwards) {
    PacketPool pool = new PacketPool(64, 2048);
    boolean[] came = new boolean[SPACE];
    for (int i = 0; i < SPACE; i++) {
      Piece piece = new Piece(backwards ? SPACE - 1 - i : i, 1);
      store.insert(packet(pool, 0, piece), 64);
      mark(came, piece);
    }
    assertThat(pool.outstanding()).isLessThanOrEqualTo(2);
    drain(pool, 0, came);
  }

  /** Every second byte, in the worst of orders: a search stays short. Proves: attack 13 */
  @Example
  void aSearchTakesALogarithmOfTheRuns() {
    RunTree tree = new RunTree();
    PacketPool pool = new PacketPool(1, 256);
    Packet packet = pool.acquire();
    assertThat(packet).isNotNull();
    packet.end = packet.start + 1;
    int size = 1 << 14;
    int[] nodes = new int[size];
    for (int i = 0; i < size; i++) {
      packet.sequence = Integer.MAX_VALUE - 1000 + 2 * i; // across the wrap of sequence numbers
      nodes[i] = tree.add(packet);
    }
    assertThat(tree.size()).isEqualTo(size);
    assertThat(tree.depth()).isLessThanOrEqualTo(2 * 14 + 2);
    for (int i = 0; i < size; i += 2) {
      tree.remove(nodes[i]);
    }
    assertThat(tree.depth()).isLessThanOrEqualTo(2 * 14);
    for (int i = 0; i < size; i++) {
      int sequence = Integer.MAX_VALUE - 1000 + 2 * i;
      int nearest = (i & 1) == 1 ? i : i - 1; // the even ones are gone
      assertThat(tree.floor(sequence)).isEqualTo(nearest < 0 ? RunTree.NONE : nodes[nearest]);
    }
  }

  /** The largest of many stores, to a factor of two. */
  @Property(tries = 200)
  void theLargestHolderIsFound(
      @ForAll @Size(min = 1, max = 12) List<@From("sizes") Integer> sizes) {
    PacketPool pool = new PacketPool(1024, 64);
    OutOfOrderStore[] stores = new OutOfOrderStore[sizes.size()];
    int most = 0;
    for (int i = 0; i < stores.length; i++) {
      stores[i] = new OutOfOrderStore(new SackBlocks(), holders);
      for (int j = 0; j < sizes.get(i); j++) {
        Packet packet = pool.acquire();
        assertThat(packet).isNotNull();
        packet.start = 0;
        packet.end = 1;
        packet.sequence = 2 * j;
        stores[i].insert(packet, 1000);
      }
      most = Math.max(most, sizes.get(i));
    }
    while (most > 0) {
      OutOfOrderStore largest = holders.largest();
      assertThat(largest).isNotNull();
      assertThat(2 * largest.packets()).isGreaterThan(most);
      largest.prune();
      most = 0;
      for (OutOfOrderStore one : stores) {
        most = Math.max(most, one.packets());
      }
    }
    assertThat(holders.largest()).isNull();
    assertThat(pool.outstanding()).isZero();
  }

  @Provide
  Arbitrary<Integer> sizes() {
    return Arbitraries.integers().between(0, 70);
  }

  private static void mark(boolean[] came, Piece piece) {
    Arrays.fill(came, piece.from, piece.from + piece.length, true);
  }

  private static int count(boolean[] came) {
    int count = 0;
    for (boolean one : came) {
      count += one ? 1 : 0;
    }
    return count;
  }

  private static int runs(boolean[] came) {
    int count = 0;
    for (int i = 0; i < SPACE; i++) {
      count += came[i] && (i == 0 || !came[i - 1]) ? 1 : 0;
    }
    return count;
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
