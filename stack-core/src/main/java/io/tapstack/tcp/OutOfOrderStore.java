package io.tapstack.tcp;

import io.tapstack.link.Packet;
import org.jspecify.annotations.Nullable;

/**
 * Segments that arrived ahead of a hole, sorted by sequence number and disjoint. An insertion costs
 * a binary search and a move of the references behind it; the number of segments is bounded, and
 * what does not fit is dropped for the peer to send again.
 *
 * <p>Thread: the owner of the stack.
 */
final class OutOfOrderStore {
  private static final int FIRST_SIZE = 8;

  private final int limit;
  private @Nullable Packet[] segments = new Packet[0];
  private int size;

  OutOfOrderStore(int limit) {
    this.limit = limit;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /**
   * Stores a segment, {@code packet.sequence} being the number of its first byte, and owns it.
   *
   * @return false if it brought nothing new or there is no room; the packet was released then
   */
  boolean insert(Packet packet) {
    int index = firstAfter(packet.sequence);
    if (index > 0) {
      int overlap = end(at(index - 1)) - packet.sequence;
      if (overlap > 0) {
        if (overlap >= packet.length()) {
          packet.release();
          return false;
        }
        packet.sequence += overlap;
        packet.start += overlap;
      }
    }
    // Followers that the segment covers go; one that it reaches into keeps what it has.
    int covered = index;
    while (covered < size && Seq.leq(end(at(covered)), end(packet))) {
      at(covered).release();
      covered++;
    }
    if (covered < size && Seq.gt(end(packet), at(covered).sequence)) {
      packet.end -= end(packet) - at(covered).sequence;
    }
    remove(index, covered);
    if (packet.length() == 0 || size == limit) {
      packet.release();
      return false;
    }
    makeRoom();
    System.arraycopy(segments, index, segments, index + 1, size - index);
    segments[index] = packet;
    size++;
    return true;
  }

  /**
   * Takes the next segment that starts at or before the given number, without the part before it;
   * segments that end before it are released.
   */
  @Nullable Packet takeFrom(int sequence) {
    int dropped = 0;
    Packet next = null;
    while (dropped < size && next == null && Seq.leq(at(dropped).sequence, sequence)) {
      Packet candidate = at(dropped++);
      int old = sequence - candidate.sequence;
      if (old < candidate.length()) {
        candidate.start += old;
        candidate.sequence = sequence;
        next = candidate;
      } else {
        candidate.release();
      }
    }
    remove(0, dropped);
    return next;
  }

  /** Whether all of a range is in the store. */
  boolean holds(int from, int to) {
    int covered = from;
    for (int i = Math.max(firstAfter(from) - 1, 0); i < size && Seq.lt(covered, to); i++) {
      if (Seq.gt(at(i).sequence, covered)) {
        return false;
      }
      covered = Seq.max(covered, end(at(i)));
    }
    return Seq.geq(covered, to);
  }

  void releaseAll() {
    for (int i = 0; i < size; i++) {
      at(i).release();
    }
    remove(0, size);
  }

  private int firstAfter(int sequence) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Seq.leq(at(middle).sequence, sequence)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private Packet at(int index) {
    Packet packet = segments[index];
    assert packet != null;
    return packet;
  }

  private static int end(Packet packet) {
    return packet.sequence + packet.length();
  }

  private void remove(int from, int to) {
    if (from == to) {
      return;
    }
    System.arraycopy(segments, to, segments, from, size - to);
    for (int i = size - (to - from); i < size; i++) {
      segments[i] = null;
    }
    size -= to - from;
  }

  private void makeRoom() {
    if (size == segments.length) {
      Packet[] larger = new Packet[Math.max(FIRST_SIZE, Math.min(2 * size, limit))];
      System.arraycopy(segments, 0, larger, 0, size);
      segments = larger;
    }
  }
}
