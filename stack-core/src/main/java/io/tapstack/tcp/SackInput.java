package io.tapstack.tcp;

import io.tapstack.wire.TcpOptions;

/**
 * Reads the SACK option of an ACK: which blocks can be true (RFC 2018), whether the first reports a
 * duplicate (RFC 2883 section 4), and what the last ACK said already, so that a block that grows
 * with each ACK is not walked from its beginning each time.
 */
final class SackInput {
  private static final int MAX = TcpOptions.MAX_SACK_BLOCKS;

  /** RFC 6675 section 2: so many segments above a hole are taken for its loss. */
  private static final int DUP_THRESH = 3;

  private final int[] left = new int[MAX];
  private final int[] right = new int[MAX];
  private int blocks;
  private final int[] knownLeft = new int[MAX];
  private final int[] knownRight = new int[MAX];
  private int known;
  private boolean duplicate;
  private int duplicateLeft;
  private int duplicateRight;

  /** Takes in the blocks of an ACK that are about what is in flight. */
  void read(TcpOptions options, TcpConnection c, int ack) {
    System.arraycopy(left, 0, knownLeft, 0, blocks);
    System.arraycopy(right, 0, knownRight, 0, blocks);
    known = blocks;
    blocks = 0;
    duplicate = false;
    int count = options.sackBlocks();
    if (count > 0 && isDuplicate(options, c, ack)) {
      duplicate = true;
      duplicateLeft = options.sackLeft(0);
      duplicateRight = options.sackRight(0);
    }
    for (int i = duplicate ? 1 : 0; i < count; i++) {
      int from = Seq.max(options.sackLeft(i), c.sndUna);
      int to = options.sackRight(i);
      // What was never sent, what is acknowledged, what ends before it begins: not believed
      if (Seq.lt(from, to) && Seq.leq(to, c.sndNxt) && Seq.lt(options.sackLeft(i), to)) {
        left[blocks] = from;
        right[blocks] = to;
        blocks++;
      }
    }
  }

  /** RFC 2883 section 4: the first block lies below the ACK or within the second. */
  private static boolean isDuplicate(TcpOptions options, TcpConnection c, int ack) {
    int from = options.sackLeft(0);
    int to = options.sackRight(0);
    if (!Seq.lt(from, to) || Seq.lt(from, c.sndUna - Math.max(2 * c.maxSndWnd, 1 << 16))) {
      return false;
    }
    if (Seq.lt(from, ack)) {
      return Seq.leq(to, ack);
    }
    return options.sackBlocks() > 1
        && Seq.geq(from, options.sackLeft(1))
        && Seq.leq(to, options.sackRight(1))
        && Seq.leq(to, c.sndMax);
  }

  int blocks() {
    return blocks;
  }

  int right(int block) {
    return right[block];
  }

  boolean hasDuplicate() {
    return duplicate;
  }

  int duplicateEnd() {
    return duplicateRight;
  }

  int duplicateLength() {
    return duplicateRight - duplicateLeft;
  }

  /** The record to begin with: the first of a block, or of the part that is new. */
  int firstRecord(SentQueue sent, int block) {
    int from = left[block];
    for (int i = 0; i < known; i++) {
      if (Seq.leq(knownLeft[i], from) && Seq.gt(knownRight[i], from)) {
        from = Seq.min(knownRight[i], right[block]);
      }
    }
    int slot = sent.firstFrom(from);
    if (from == left[block]) {
      return slot;
    }
    // A record across the old edge was not covered then and may be now.
    int before = slot == SentQueue.NONE ? sent.last() : sent.before(slot);
    boolean across =
        before != SentQueue.NONE
            && Seq.gt(sent.end(before), from)
            && Seq.geq(sent.start(before), left[block]);
    return across ? before : slot;
  }

  /**
   * Without RACK: IsLost of RFC 6675 section 4. What has three segments, or more than two full ones
   * in bytes, received above it is lost.
   */
  void markLost(SentQueue sent, int mss) {
    int segments = 0;
    int bytes = 0;
    int slot = sent.last();
    while (slot != SentQueue.NONE && segments < DUP_THRESH && bytes <= (DUP_THRESH - 1) * mss) {
      if (sent.has(slot, SentQueue.SACKED)) {
        segments++;
        bytes += sent.length(slot);
      }
      slot = sent.before(slot);
    }
    if (segments < DUP_THRESH && bytes <= (DUP_THRESH - 1) * mss) {
      return;
    }
    // Below one that is marked, all were marked before.
    while (slot != SentQueue.NONE && !sent.has(slot, SentQueue.LOST)) {
      if (!sent.has(slot, SentQueue.SACKED | SentQueue.EVER_RETRANSMITTED)) {
        sent.markLost(slot);
      }
      slot = sent.before(slot);
    }
  }

  /** Nothing is known of what the peer holds. */
  void forget() {
    blocks = 0;
    duplicate = false;
  }
}
