package io.tapstack.tcp;

import io.tapstack.wire.TcpOptions;

/**
 * Which of the bytes in flight the peer has said it holds: disjoint ranges between SND.UNA and
 * SND.NXT, sorted (RFC 6675 section 3). The number of ranges is bounded; what does not fit is
 * forgotten, which costs a needless retransmission at most.
 */
final class SackScoreboard {
  /** RFC 6675 section 2: so many segments above a hole are taken for its loss. */
  static final int DUP_THRESH = 3;

  private static final int MAX_RANGES = 128;

  private final int[] left = new int[MAX_RANGES];
  private final int[] right = new int[MAX_RANGES];
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int ranges() {
    return size;
  }

  int left(int range) {
    return left[range];
  }

  int right(int range) {
    return right[range];
  }

  /**
   * Takes in the blocks of an ACK. A block that is not about what is in flight is ignored: D-SACK
   * below SND.UNA, and what was never sent.
   *
   * @return whether it told anything new
   */
  boolean update(TcpOptions options, int sndUna, int sndMax) {
    boolean news = false;
    for (int i = 0; i < options.sackBlocks(); i++) {
      int from = Seq.max(options.sackLeft(i), sndUna);
      int to = options.sackRight(i);
      if (Seq.lt(from, to) && Seq.leq(to, sndMax) && Seq.lt(options.sackLeft(i), to)) {
        news |= add(from, to);
      }
    }
    return news;
  }

  private boolean add(int from, int to) {
    int first = 0;
    while (first < size && Seq.lt(right[first], from)) {
      first++;
    }
    int newLeft = from;
    int newRight = to;
    int last = first;
    while (last < size && Seq.leq(left[last], newRight)) {
      newLeft = Seq.min(newLeft, left[last]);
      newRight = Seq.max(newRight, right[last]);
      last++;
    }
    int merged = last - first;
    if (merged == 1 && newLeft == left[first] && newRight == right[first]) {
      return false;
    }
    if (merged == 0 && size == MAX_RANGES) {
      return false;
    }
    System.arraycopy(left, last, left, first + 1, size - last);
    System.arraycopy(right, last, right, first + 1, size - last);
    left[first] = newLeft;
    right[first] = newRight;
    size += 1 - merged;
    return true;
  }

  /** Everything before {@code sndUna} is acknowledged. */
  void advance(int sndUna) {
    int gone = 0;
    while (gone < size && Seq.leq(right[gone], sndUna)) {
      gone++;
    }
    if (gone > 0) {
      System.arraycopy(left, gone, left, 0, size - gone);
      System.arraycopy(right, gone, right, 0, size - gone);
      size -= gone;
    }
    if (size > 0 && Seq.lt(left[0], sndUna)) {
      left[0] = sndUna;
    }
  }

  /** RFC 2018 section 8: after a retransmission timeout nothing is believed any more. */
  void clear() {
    size = 0;
  }

  /** How many bytes of {@code [from, to)} are in no range. */
  int unsacked(int from, int to) {
    int bytes = to - from;
    for (int i = 0; i < size; i++) {
      int overlap = Seq.min(right[i], to) - Seq.max(left[i], from);
      bytes -= Math.max(overlap, 0);
    }
    return bytes;
  }

  /**
   * Whether the hole before a range counts as lost, IsLost of RFC 6675 section 4: enough segments,
   * or more than their bytes, were received above it.
   */
  boolean isLostBefore(int range, int mss) {
    if (size - range >= DUP_THRESH) {
      return true;
    }
    int above = 0;
    for (int i = range; i < size; i++) {
      above += right[i] - left[i];
    }
    return above > (DUP_THRESH - 1) * mss;
  }

  /** The first number from {@code sequence} on that is in no range. */
  int skip(int sequence) {
    int at = sequence;
    for (int i = 0; i < size && Seq.leq(left[i], at); i++) {
      at = Seq.max(at, right[i]);
    }
    return at;
  }

  /** Where the next range after {@code sequence} begins, or {@code otherwise} if none does. */
  int nextLeft(int sequence, int otherwise) {
    for (int i = 0; i < size; i++) {
      if (Seq.gt(left[i], sequence)) {
        return left[i];
      }
    }
    return otherwise;
  }
}
