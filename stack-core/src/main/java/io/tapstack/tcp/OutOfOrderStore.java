package io.tapstack.tcp;

import io.tapstack.link.Packet;
import org.jspecify.annotations.Nullable;

/**
 * Segments that arrived ahead of a hole, as runs of contiguous bytes. An insertion costs a
 * logarithm of the number of runs. A small payload joins its neighbour's packet if that has room,
 * so that tiny segments do not pin a packet each; the number of packets is bounded, and what lies
 * farthest from the hole is dropped for what lies nearer.
 *
 * <p>Thread: the owner of the stack.
 */
final class OutOfOrderStore {
  /** What became of a segment. */
  enum Outcome {
    /** All of it, or what was new of it, is in the store. */
    STORED,
    /** All of it was in the store before. */
    HELD,
    /** There is no room for anything so far ahead. */
    REFUSED
  }

  /** A payload of at most this many bytes joins its neighbour's packet. */
  private static final int SMALL = 512;

  private final SackBlocks reports;
  private final OutOfOrderHolders holders;
  private final RunTree runs = new RunTree();
  private int packets;
  private int bytes;

  /** How many packets {@link #holders} knows of, and the store's place in its lists. */
  private int counted;

  @Nullable OutOfOrderStore nextHolder;
  @Nullable OutOfOrderStore previousHolder;

  // ---- what the last insertion found ----

  /** The run that holds the segment now. */
  int runFrom;

  int runTo;

  /** The first part of the segment that was there before; of no length if none was. */
  int overlapFrom;

  int overlapTo;

  /** How many packets were dropped to make room. */
  int dropped;

  /** How many payloads joined another packet. */
  int joined;

  /**
   * @param reports what the peer is told of the store: what is given up is withdrawn from it
   * @param holders who keeps count of all stores
   */
  OutOfOrderStore(SackBlocks reports, OutOfOrderHolders holders) {
    this.reports = reports;
    this.holders = holders;
  }

  boolean isEmpty() {
    return packets == 0;
  }

  /** How many packets are held. */
  int packets() {
    return packets;
  }

  /** How many bytes of payload are held. */
  int bytes() {
    return bytes;
  }

  /** How many runs there are, and holes before them. */
  int runs() {
    return runs.size();
  }

  /** One past the last byte that is held; only if anything is. */
  int end() {
    return runs.to[runs.last()];
  }

  /**
   * Stores a segment, {@code packet.sequence} being the number of its first byte, and owns it.
   *
   * @param limit how many packets the store may hold
   * @return what became of it; unless it is STORED, the packet was released
   */
  Outcome insert(Packet packet, int limit) {
    dropped = 0;
    joined = 0;
    int start = packet.sequence;
    overlapFrom = start;
    overlapTo = start;
    int before = runs.floor(start);
    if (before != RunTree.NONE) {
      int behind = runs.to[before];
      if (Seq.geq(behind, end(packet))) {
        overlapTo = end(packet);
        found(before);
        packet.release();
        return Outcome.HELD;
      }
      if (Seq.lt(behind, start)) {
        before = RunTree.NONE;
      } else {
        overlapTo = behind;
        packet.start += behind - start;
        packet.sequence = behind;
      }
    }
    // What fits nowhere else needs a packet of its own, if need be in place of one farther ahead.
    int joinable = packets >= limit / 2 ? Integer.MAX_VALUE : SMALL;
    boolean joins = before != RunTree.NONE && fits(runs.tail[before], packet, joinable);
    if (packets >= limit && !joins) {
      dropped = dropFarthest(Math.max(limit / 8, 1 + packets - limit), end(packet));
      if (packets >= limit) {
        packet.release();
        return Outcome.REFUSED;
      }
    }
    absorb(before, packet, joinable);
    count();
    return Outcome.STORED;
  }

  /** Puts a segment that begins with a new byte at the end of a run, or where there is none. */
  private void absorb(int before, Packet packet, int joinable) {
    int after = runs.higher(packet.sequence);
    // Runs that the segment covers go; one that it reaches into keeps what it has.
    while (after != RunTree.NONE && Seq.leq(runs.to[after], end(packet))) {
      overlap(runs.from[after], runs.to[after]);
      releaseRun(after);
      after = runs.higher(packet.sequence);
    }
    boolean reaches = after != RunTree.NONE && Seq.geq(end(packet), runs.from[after]);
    if (reaches) {
      overlap(runs.from[after], end(packet));
      packet.end -= end(packet) - runs.from[after];
    }
    packets++;
    bytes += packet.length();
    if (before != RunTree.NONE) {
      append(before, packet, joinable);
      if (reaches) {
        unite(before, after, joinable);
      }
      found(before);
    } else if (reaches) {
      prepend(after, packet, joinable);
      found(after);
    } else {
      found(runs.add(packet));
    }
  }

  private void append(int run, Packet packet, int joinable) {
    runs.to[run] = end(packet);
    Packet last = tail(run);
    if (fits(last, packet, joinable)) {
      join(last, packet);
    } else {
      last.next = packet;
      runs.tail[run] = packet;
      runs.packets[run]++;
    }
  }

  private void prepend(int run, Packet packet, int joinable) {
    Packet first = head(run);
    runs.from[run] = packet.sequence;
    runs.head[run] = packet;
    if (fits(packet, first, joinable)) {
      packet.next = first.next;
      if (runs.tail[run] == first) {
        runs.tail[run] = packet;
      }
      join(packet, first);
    } else {
      packet.next = first;
      runs.packets[run]++;
    }
  }

  /** Appends a run to the one before it, whose end it touches. */
  private void unite(int run, int follower, int joinable) {
    Packet last = tail(run);
    Packet first = head(follower);
    Packet newTail = tail(follower);
    int count = runs.packets[follower];
    int end = runs.to[follower];
    runs.remove(follower);
    runs.to[run] = end;
    if (fits(last, first, joinable)) {
      last.next = first.next;
      if (newTail == first) {
        newTail = last;
      }
      join(last, first);
      count--;
    } else {
      last.next = first;
    }
    runs.tail[run] = newTail;
    runs.packets[run] += count;
  }

  private static boolean fits(@Nullable Packet into, Packet packet, int joinable) {
    return into != null && packet.length() <= Math.min(joinable, into.buffer.capacity() - into.end);
  }

  /** Copies a payload behind another's, and gives its packet back. */
  private void join(Packet into, Packet packet) {
    into.buffer.put(into.end, packet.buffer, packet.start, packet.length());
    into.end += packet.length();
    packet.release();
    packets--;
    joined++;
  }

  private void found(int run) {
    runFrom = runs.from[run];
    runTo = runs.to[run];
  }

  /** RFC 2883 section 4: of several parts that came before, the first is reported. */
  private void overlap(int from, int to) {
    if (overlapFrom == overlapTo) {
      overlapFrom = from;
      overlapTo = to;
    }
  }

  /** Finds the first part of a range that is in the store: {@link #overlapFrom} and its end. */
  boolean findOverlap(int from, int to) {
    overlapFrom = from;
    overlapTo = from;
    int run = runs.floor(from);
    if (run == RunTree.NONE || Seq.leq(runs.to[run], from)) {
      run = runs.higher(from);
    }
    if (run != RunTree.NONE && Seq.lt(runs.from[run], to)) {
      overlap(Seq.max(runs.from[run], from), Seq.min(runs.to[run], to));
    }
    return overlapFrom != overlapTo;
  }

  /** Whether all of a range is in the store. */
  boolean holds(int from, int to) {
    int run = runs.floor(from);
    return run != RunTree.NONE && Seq.geq(runs.to[run], to);
  }

  /**
   * Takes the next packet that starts at or before the given number, without the part before it;
   * packets that end before it are released.
   */
  @Nullable Packet takeFrom(int sequence) {
    Packet found = null;
    while (found == null && packets > 0) {
      int run = runs.first();
      if (Seq.gt(runs.from[run], sequence)) {
        break;
      }
      Packet packet = takeHead(run);
      int old = sequence - packet.sequence;
      if (old < packet.length()) {
        packet.start += old;
        packet.sequence = sequence;
        found = packet;
      } else {
        packet.release();
      }
    }
    count();
    return found;
  }

  private Packet takeHead(int run) {
    Packet packet = head(run);
    Packet next = packet.next;
    packet.next = null;
    packets--;
    bytes -= packet.length();
    if (next == null) {
      runs.remove(run);
    } else {
      runs.head[run] = next;
      runs.from[run] = next.sequence;
      runs.packets[run]--;
    }
    return packet;
  }

  // ---- giving up ----

  /** Drops the half that is farthest ahead, at least one packet; how many went. */
  int prune() {
    return packets == 0 ? 0 : dropFarthest((packets + 1) / 2, runs.from[runs.first()]);
  }

  private void count() {
    if (packets != counted) {
      holders.changed(this, counted, packets);
      counted = packets;
    }
  }

  /**
   * Drops packets from the far end.
   *
   * @param count how many at most
   * @param bound what begins before it stays
   */
  private int dropFarthest(int count, int bound) {
    int left = count;
    while (left > 0 && packets > 0) {
      int run = runs.last();
      if (Seq.lt(tail(run).sequence, bound)) {
        break;
      }
      if (runs.packets[run] > left || Seq.lt(runs.from[run], bound)) {
        left -= shorten(run, left, bound);
        break;
      }
      left -= runs.packets[run];
      releaseRun(run);
    }
    if (left < count) {
      reports.withdraw(packets == 0 ? bound : end());
      count();
    }
    return count - left;
  }

  /** Drops at most {@code count} packets from a run's end, and keeps at least one. */
  private int shorten(int run, int count, int bound) {
    Packet last = head(run);
    int kept = 1;
    for (Packet next; (next = last.next) != null; kept++) {
      if (kept >= runs.packets[run] - count && Seq.geq(next.sequence, bound)) {
        break;
      }
      last = next;
    }
    Packet gone = last.next;
    int cut = runs.packets[run] - kept;
    last.next = null;
    runs.tail[run] = last;
    runs.to[run] = end(last);
    runs.packets[run] = kept;
    releaseChain(gone);
    return cut;
  }

  void releaseAll() {
    while (packets > 0) {
      releaseRun(runs.last());
    }
    count();
  }

  private void releaseRun(int run) {
    Packet first = head(run);
    runs.remove(run);
    releaseChain(first);
  }

  private void releaseChain(@Nullable Packet first) {
    for (Packet packet = first; packet != null; ) {
      Packet next = packet.next;
      packets--;
      bytes -= packet.length();
      packet.release();
      packet = next;
    }
  }

  private Packet head(int run) {
    Packet packet = runs.head[run];
    assert packet != null : "a run without packets";
    return packet;
  }

  private Packet tail(int run) {
    Packet packet = runs.tail[run];
    assert packet != null : "a run without packets";
    return packet;
  }

  private static int end(Packet packet) {
    return packet.sequence + packet.length();
  }
}
