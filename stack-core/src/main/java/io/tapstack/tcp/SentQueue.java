package io.tapstack.tcp;

import java.util.Arrays;

/**
 * What was sent and is not acknowledged: a record for each segment, in the order of their sequence
 * numbers without a gap from SND.UNA to SND.NXT, with what became of it. SACK, loss detection,
 * retransmission, round trips and delivery rates all read these records.
 *
 * <p>A record is SACKED, or LOST, or in flight; a LOST one may have been RETRANSMITTED and is in
 * flight again until that is found lost too. Records in flight are linked in the order in which
 * they left (RFC 8985 section 6.2), so that RACK looks at the oldest only. Sizes are in bytes.
 *
 * <p>Records are slots of parallel arrays in a ring that grows to a limit: nothing is allocated for
 * a segment once it has grown. A slot stays valid until its record is acknowledged or the next
 * append.
 */
final class SentQueue {
  /** As many records as this may wait for acknowledgment; then nothing new is sent. */
  static final int LIMIT = 65_536;

  static final int NONE = -1;

  /** The peer said that it holds it. */
  static final int SACKED = 1;

  /** It counts as lost. */
  static final int LOST = 2;

  /** It was sent again, and that is in flight. */
  static final int RETRANSMITTED = 4;

  /** It was sent again at some time. */
  static final int EVER_RETRANSMITTED = 8;

  /** When it left, the application did not keep the path busy. */
  static final int APP_LIMITED = 16;

  private static final int FIRST_SIZE = 16;
  private static final int[] NO_INTS = {};
  private static final long[] NO_LONGS = {};

  private int mask = -1;
  private int[] start = NO_INTS;
  private int[] end = NO_INTS;
  private int[] flags = NO_INTS;
  private int[] earlier = NO_INTS;
  private int[] later = NO_INTS;
  private int[] inFlightAtSend = NO_INTS;
  private long[] sentTime = NO_LONGS;
  private long[] delivered = NO_LONGS;
  private long[] deliveredTime = NO_LONGS;
  private long[] firstSentTime = NO_LONGS;
  private long[] lostAtSend = NO_LONGS;

  /** Records are numbered as they are appended; these are the first one and one past the last. */
  private long head;

  private long tail;

  private int oldest = NONE;
  private int newest = NONE;

  private int bytes;
  private int sackedBytes;
  private int lostBytes;
  private int retransmittedBytes;
  private int sackedSegments;
  private int lostSegments;
  private int retransmittedSegments;

  /** No record before this one is lost and waits to be sent again. */
  private long retransmitHint;

  // ---- all of it ----

  boolean isEmpty() {
    return head == tail;
  }

  boolean isFull() {
    return tail - head == LIMIT;
  }

  int segments() {
    return (int) (tail - head);
  }

  /** What is in the network: sent, and neither received nor lost. */
  int inFlight() {
    return bytes - sackedBytes - lostBytes + retransmittedBytes;
  }

  int sackedBytes() {
    return sackedBytes;
  }

  int lostBytes() {
    return lostBytes;
  }

  int retransmittedBytes() {
    return retransmittedBytes;
  }

  int sackedSegments() {
    return sackedSegments;
  }

  int lostSegments() {
    return lostSegments;
  }

  int retransmittedSegmentsInFlight() {
    return retransmittedSegments;
  }

  // ---- records ----

  /** Takes in a segment that was just sent, behind all others. */
  int append(int from, int to, long now, RateSampler rate) {
    if (tail - head == start.length) {
      grow();
    }
    int slot = (int) tail++ & mask;
    start[slot] = from;
    end[slot] = to;
    flags[slot] = 0;
    bytes += to - from;
    left(slot, now, rate);
    return slot;
  }

  /** A record left, for the first time or again. */
  private void left(int slot, long now, RateSampler rate) {
    sentTime[slot] = now;
    delivered[slot] = rate.delivered();
    deliveredTime[slot] = rate.deliveredTime();
    firstSentTime[slot] = rate.firstSentTime();
    lostAtSend[slot] = rate.lost();
    inFlightAtSend[slot] = inFlight();
    if (rate.isAppLimited()) {
      flags[slot] |= APP_LIMITED;
    } else {
      flags[slot] &= ~APP_LIMITED;
    }
    link(slot);
  }

  /** A record was sent again. */
  void retransmitted(int slot, long now, RateSampler rate) {
    unlink(slot);
    if ((flags[slot] & RETRANSMITTED) == 0) {
      flags[slot] |= RETRANSMITTED | EVER_RETRANSMITTED;
      retransmittedBytes += length(slot);
      retransmittedSegments++;
    }
    left(slot, now, rate);
  }

  /** A record counts as lost, or what was sent again of it does. */
  void markLost(int slot) {
    if (has(slot, SACKED)) {
      return;
    }
    clearRetransmitted(slot);
    if (!has(slot, LOST)) {
      flags[slot] |= LOST;
      lostBytes += length(slot);
      lostSegments++;
    }
    unlink(slot);
    retransmitHint = Math.min(retransmitHint, numberOf(slot));
  }

  /** The peer holds a record. */
  void markSacked(int slot) {
    clearLost(slot);
    clearRetransmitted(slot);
    flags[slot] |= SACKED;
    sackedBytes += length(slot);
    sackedSegments++;
    unlink(slot);
  }

  /** Nothing that counts as lost was: what was not sent again is in flight, as it was. */
  void forgetLosses() {
    for (long i = head; i < tail && lostBytes > 0; i++) {
      int slot = (int) i & mask;
      if (has(slot, LOST)) {
        boolean again = has(slot, RETRANSMITTED);
        clearLost(slot);
        if (!again) {
          linkByTime(slot);
        }
      }
    }
  }

  /** RFC 2018 section 8: the peer threw away what it had said that it held. */
  void forgetSacks() {
    for (long i = head; i < tail && sackedBytes > 0; i++) {
      int slot = (int) i & mask;
      if (has(slot, SACKED)) {
        flags[slot] &= ~SACKED;
        sackedBytes -= length(slot);
        sackedSegments--;
        linkByTime(slot);
      }
    }
  }

  /** The first record, or NONE. */
  int first() {
    return isEmpty() ? NONE : (int) head & mask;
  }

  /** The last record, or NONE. */
  int last() {
    return isEmpty() ? NONE : (int) (tail - 1) & mask;
  }

  /** The record after this one in the sequence space, or NONE. */
  int after(int slot) {
    long next = numberOf(slot) + 1;
    return next < tail ? (int) next & mask : NONE;
  }

  /** The record before this one in the sequence space, or NONE. */
  int before(int slot) {
    long previous = numberOf(slot) - 1;
    return previous >= head ? (int) previous & mask : NONE;
  }

  /** The first record that begins at or after a sequence number, or NONE. */
  int firstFrom(int sequence) {
    long low = head;
    long high = tail;
    while (low < high) {
      long middle = (low + high) >>> 1;
      if (Seq.lt(start[(int) middle & mask], sequence)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < tail ? (int) low & mask : NONE;
  }

  /** The record in flight that left first, or NONE. */
  int oldestInFlight() {
    return oldest;
  }

  /** The record in flight that left after this one, or NONE. */
  int laterInFlight(int slot) {
    return later[slot];
  }

  /** The first record that is lost and not sent again, or NONE. */
  int nextToRetransmit() {
    if (lostSegments == 0) {
      retransmitHint = tail;
      return NONE;
    }
    for (long i = Math.max(retransmitHint, head); i < tail; i++) {
      int slot = (int) i & mask;
      if ((flags[slot] & (LOST | RETRANSMITTED)) == LOST) {
        retransmitHint = i;
        return slot;
      }
    }
    retransmitHint = tail;
    return NONE;
  }

  /** Drops the first record: all of it is acknowledged. */
  void removeFirst() {
    int slot = (int) head & mask;
    uncount(slot, length(slot));
    if (has(slot, SACKED)) {
      sackedSegments--;
    }
    if (has(slot, LOST)) {
      lostSegments--;
    }
    if (has(slot, RETRANSMITTED)) {
      retransmittedSegments--;
    }
    unlink(slot);
    head++;
  }

  /** A part of the first record is acknowledged. */
  void trimFirst(int acknowledged) {
    int slot = (int) head & mask;
    uncount(slot, acknowledged - start[slot]);
    start[slot] = acknowledged;
  }

  /**
   * Cuts a record in two, the second beginning at {@code at}: all that holds for the record holds
   * for both. Costs as much as there are records; rare.
   */
  void split(int slot, int at) {
    if (tail - head == start.length) {
      long number = numberOf(slot);
      grow();
      slot = (int) number & mask;
    }
    boolean linked = earlier[slot] != NONE || oldest == slot;
    long number = numberOf(slot);
    for (long to = tail++; to > number + 1; to--) {
      move((int) (to - 1) & mask, (int) to & mask);
    }
    int second = (int) (number + 1) & mask;
    copy(slot, second);
    end[slot] = at;
    start[second] = at;
    countOneMore(slot);
    earlier[second] = NONE;
    later[second] = NONE;
    if (linked) {
      linkBehind(slot, second);
    }
  }

  private void countOneMore(int slot) {
    if (has(slot, SACKED)) {
      sackedSegments++;
    }
    if (has(slot, LOST)) {
      lostSegments++;
    }
    if (has(slot, RETRANSMITTED)) {
      retransmittedSegments++;
    }
  }

  private void copy(int from, int to) {
    start[to] = start[from];
    end[to] = end[from];
    flags[to] = flags[from];
    inFlightAtSend[to] = inFlightAtSend[from];
    sentTime[to] = sentTime[from];
    delivered[to] = delivered[from];
    deliveredTime[to] = deliveredTime[from];
    firstSentTime[to] = firstSentTime[from];
    lostAtSend[to] = lostAtSend[from];
  }

  private void move(int from, int to) {
    copy(from, to);
    int before = earlier[from];
    int behind = later[from];
    boolean linked = before != NONE || oldest == from;
    earlier[to] = before;
    later[to] = behind;
    if (linked) {
      if (before == NONE) {
        oldest = to;
      } else {
        later[before] = to;
      }
      if (behind == NONE) {
        newest = to;
      } else {
        earlier[behind] = to;
      }
    }
    earlier[from] = NONE;
    later[from] = NONE;
  }

  private void linkBehind(int slot, int second) {
    int behind = later[slot];
    earlier[second] = slot;
    later[second] = behind;
    later[slot] = second;
    if (behind == NONE) {
      newest = second;
    } else {
      earlier[behind] = second;
    }
  }

  private void uncount(int slot, int count) {
    bytes -= count;
    if (has(slot, SACKED)) {
      sackedBytes -= count;
    }
    if (has(slot, LOST)) {
      lostBytes -= count;
    }
    if (has(slot, RETRANSMITTED)) {
      retransmittedBytes -= count;
    }
  }

  /** Forgets everything. */
  void clear() {
    head = tail;
    oldest = NONE;
    newest = NONE;
    bytes = 0;
    sackedBytes = 0;
    lostBytes = 0;
    retransmittedBytes = 0;
    sackedSegments = 0;
    lostSegments = 0;
    retransmittedSegments = 0;
    retransmitHint = tail;
  }

  /** Gives the memory back; only when empty. */
  void release() {
    clear();
    head = 0;
    tail = 0;
    retransmitHint = 0;
    mask = -1;
    start = NO_INTS;
    end = NO_INTS;
    flags = NO_INTS;
    earlier = NO_INTS;
    later = NO_INTS;
    inFlightAtSend = NO_INTS;
    sentTime = NO_LONGS;
    delivered = NO_LONGS;
    deliveredTime = NO_LONGS;
    firstSentTime = NO_LONGS;
    lostAtSend = NO_LONGS;
  }

  // ---- one record ----

  int start(int slot) {
    return start[slot];
  }

  int end(int slot) {
    return end[slot];
  }

  int length(int slot) {
    return end[slot] - start[slot];
  }

  boolean has(int slot, int flag) {
    return (flags[slot] & flag) != 0;
  }

  /** When it left last. */
  long sentTime(int slot) {
    return sentTime[slot];
  }

  /** What the connection had delivered when it left. */
  long delivered(int slot) {
    return delivered[slot];
  }

  /** When that had been delivered. */
  long deliveredTime(int slot) {
    return deliveredTime[slot];
  }

  /** When the first segment of its flight left. */
  long firstSentTime(int slot) {
    return firstSentTime[slot];
  }

  /** What the connection had lost when it left. */
  long lostAtSend(int slot) {
    return lostAtSend[slot];
  }

  /** What was in flight when it had left, itself included. */
  int inFlightAtSend(int slot) {
    return inFlightAtSend[slot];
  }

  private long numberOf(int slot) {
    return head + ((slot - (int) head) & mask);
  }

  private void clearLost(int slot) {
    if (has(slot, LOST)) {
      flags[slot] &= ~LOST;
      lostBytes -= length(slot);
      lostSegments--;
    }
  }

  private void clearRetransmitted(int slot) {
    if (has(slot, RETRANSMITTED)) {
      flags[slot] &= ~RETRANSMITTED;
      retransmittedBytes -= length(slot);
      retransmittedSegments--;
    }
  }

  // ---- the order in which they left ----

  private void link(int slot) {
    earlier[slot] = newest;
    later[slot] = NONE;
    if (newest == NONE) {
      oldest = slot;
    } else {
      later[newest] = slot;
    }
    newest = slot;
  }

  /** Puts a record that left some time ago back among those in flight. */
  private void linkByTime(int slot) {
    int before = newest;
    while (before != NONE && sentTime[before] > sentTime[slot]) {
      before = earlier[before];
    }
    int behind = before == NONE ? oldest : later[before];
    earlier[slot] = before;
    later[slot] = behind;
    if (before == NONE) {
      oldest = slot;
    } else {
      later[before] = slot;
    }
    if (behind == NONE) {
      newest = slot;
    } else {
      earlier[behind] = slot;
    }
  }

  private void unlink(int slot) {
    int before = earlier[slot];
    int behind = later[slot];
    if (before == NONE && oldest != slot) {
      return; // it is not linked
    }
    if (before == NONE) {
      oldest = behind;
    } else {
      later[before] = behind;
    }
    if (behind == NONE) {
      newest = before;
    } else {
      earlier[behind] = before;
    }
    earlier[slot] = NONE;
    later[slot] = NONE;
  }

  // ---- memory ----

  private void grow() {
    int oldMask = mask;
    int size = Math.max(FIRST_SIZE, 2 * start.length);
    int[][] ints = {start, end, flags, earlier, later, inFlightAtSend};
    long[][] longs = {sentTime, delivered, deliveredTime, firstSentTime, lostAtSend};
    mask = size - 1;
    for (int i = 0; i < ints.length; i++) {
      int[] larger = new int[size];
      for (long number = head; number < tail; number++) {
        larger[(int) number & mask] = ints[i][(int) number & oldMask];
      }
      ints[i] = larger;
    }
    for (int i = 0; i < longs.length; i++) {
      long[] larger = new long[size];
      for (long number = head; number < tail; number++) {
        larger[(int) number & mask] = longs[i][(int) number & oldMask];
      }
      longs[i] = larger;
    }
    start = ints[0];
    end = ints[1];
    flags = ints[2];
    earlier = ints[3];
    later = ints[4];
    inFlightAtSend = ints[5];
    sentTime = longs[0];
    delivered = longs[1];
    deliveredTime = longs[2];
    firstSentTime = longs[3];
    lostAtSend = longs[4];
    // Links are slots: they moved as well.
    int[] moved = new int[oldMask + 1];
    Arrays.fill(moved, NONE);
    for (long number = head; number < tail; number++) {
      moved[(int) number & oldMask] = (int) number & mask;
    }
    for (long number = head; number < tail; number++) {
      int slot = (int) number & mask;
      earlier[slot] = earlier[slot] == NONE ? NONE : moved[earlier[slot]];
      later[slot] = later[slot] == NONE ? NONE : moved[later[slot]];
    }
    oldest = oldest == NONE ? NONE : moved[oldest];
    newest = newest == NONE ? NONE : moved[newest];
  }
}
