package io.tapstack.tcp;

/**
 * Recent acknowledgment, RFC 8985 section 6: a segment is lost if one that left sufficiently later
 * was delivered. How much later is the reordering window, which adapts to the path.
 */
final class Rack {
  /** RFC 8985 section 6.2 step 4: as many SACKed segments start recovery without a window. */
  static final int DUP_THRESH = 3;

  /** Section 6.2 step 4: recoveries for which a widened window is kept. */
  private static final int PERSIST = 16;

  /** Of the segment that left last among those delivered: when it left, its end. */
  private long xmitTime;

  private int endSequence;
  private boolean seen;

  /** Its round trip. */
  private long rtt;

  /** The highest sequence number delivered, RACK.fack. */
  private int fack;

  private boolean reorderingSeen;
  private int windowMultiplier = 1;
  private int windowPersist;
  private boolean inDsackRound;
  private int dsackRound;

  Rack(int iss) {
    fack = iss;
  }

  boolean isReorderingSeen() {
    return reorderingSeen;
  }

  /** The round trip of the segment that was delivered last. */
  long rtt() {
    return rtt;
  }

  int fack() {
    return fack;
  }

  /**
   * Steps 2 and 3: a record was delivered.
   *
   * @param fackBefore the highest number that was delivered before this ACK
   * @param ambiguous whether it was sent again, and the ACK may be for what was sent first
   */
  void delivered(
      SentQueue sent, int slot, int fackBefore, long minRtt, boolean ambiguous, long now) {
    int end = sent.end(slot);
    boolean again = sent.has(slot, SentQueue.EVER_RETRANSMITTED);
    if (!again && Seq.lt(end, fackBefore)) {
      reorderingSeen = true;
    }
    fack = Seq.max(fack, end);
    long sentTime = sent.sentTime(slot);
    long measured = now - sentTime;
    if (again && (ambiguous || measured < minRtt)) {
      return; // it acknowledges the original, not what was sent again
    }
    rtt = measured;
    if (!seen || isLater(sentTime, end, xmitTime, endSequence)) {
      seen = true;
      xmitTime = sentTime;
      endSequence = end;
    }
  }

  /** RACK_sent_after: by time, and by number where the clock does not tell them apart. */
  private static boolean isLater(long time, int end, long otherTime, int otherEnd) {
    return time > otherTime || time == otherTime && Seq.gt(end, otherEnd);
  }

  /**
   * What had been found lost arrived after all. Step 3 cannot notice that, as the segment was sent
   * again before it arrived; but without a window for reordering, each one held up would be.
   */
  void reordered() {
    reorderingSeen = true;
  }

  /** Step 4: a D-SACK says that something was sent again needlessly, once per round trip. */
  void duplicateReported(int sndNxt) {
    if (!inDsackRound) {
      inDsackRound = true;
      dsackRound = sndNxt;
      windowMultiplier++;
      windowPersist = PERSIST;
    }
  }

  void advanced(int sndUna) {
    if (inDsackRound && Seq.geq(sndUna, dsackRound)) {
      inDsackRound = false;
    }
  }

  /** Step 4: a recovery ended. */
  void recovered() {
    if (windowPersist > 0 && --windowPersist == 0) {
      windowMultiplier = 1;
    }
  }

  /** Step 4: how much later than a segment another must have left. */
  long reorderingWindow(boolean recovering, int sackedSegments, long minRtt, long srtt) {
    if (!reorderingSeen && (recovering || sackedSegments >= DUP_THRESH)) {
      return 0;
    }
    return Math.min(windowMultiplier * Math.max(minRtt, 0) / 4, Math.max(srtt, 0));
  }

  /**
   * Step 5: marks what is lost.
   *
   * @return how long to wait until the next one may be, or 0
   */
  long detectLoss(SentQueue sent, long window, RateSampler rate, long now) {
    if (!seen) {
      return 0;
    }
    long timeout = 0;
    for (int slot = sent.oldestInFlight(); slot != SentQueue.NONE; ) {
      int next = sent.laterInFlight(slot);
      if (!isLater(xmitTime, endSequence, sent.sentTime(slot), sent.end(slot))) {
        break;
      }
      long remaining = sent.sentTime(slot) + rtt + window - now;
      if (remaining <= 0) {
        sent.markLost(slot);
        rate.lost(sent.length(slot));
      } else {
        timeout = Math.max(timeout, remaining);
      }
      slot = next;
    }
    return timeout;
  }

  /** Section 6.3: whether the timer's expiry makes a record lost that is not the first. */
  boolean isLostOnTimeout(SentQueue sent, int slot, long window, long srtt, long now) {
    return sent.sentTime(slot) + (seen ? rtt : Math.max(srtt, 0)) + window - now <= 0;
  }
}
