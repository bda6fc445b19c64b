package io.tapstack.tcp;

/**
 * Tail loss probes, RFC 8985 section 7: where no ACK comes because the last segments were lost, one
 * segment is sent after two round trips, whose acknowledgment starts recovery without a timeout.
 */
final class TailLossProbe {
  /** RFC 8985 section 7.2, TLP.max_ack_delay: what a peer may wait with the ACK of one segment. */
  private static final long MAX_ACK_DELAY = 200_000_000;

  /** Section 7.2: without a round trip to go by. */
  private static final long UNKNOWN = 1_000_000_000;

  /** More than the granularity of clocks and schedulers; Linux has two ticks. */
  private static final long MARGIN = 2_000_000;

  private boolean outstanding;
  private boolean again;
  private int endSequence;

  boolean isOutstanding() {
    return outstanding;
  }

  /** How long after a transmission the probe leaves (TLP_calc_PTO). */
  static long timeout(long srtt, int segments) {
    if (srtt < 0) {
      return UNKNOWN;
    }
    return 2 * srtt + (segments == 1 ? MAX_ACK_DELAY : MARGIN);
  }

  /**
   * A probe was sent.
   *
   * @param retransmission whether it repeats the last segment, as there was nothing new
   */
  void sent(int sndNxt, boolean retransmission) {
    outstanding = true;
    again = retransmission;
    endSequence = sndNxt;
  }

  /**
   * Section 7.4: an ACK arrived.
   *
   * @param dsack whether it has a D-SACK, so that the probe came a second time
   * @param duplicate whether it is a duplicate ACK without SACK
   * @return whether the probe repaired a loss that nothing else would show
   */
  boolean acked(int ack, boolean dsack, boolean duplicate) {
    if (!outstanding || Seq.lt(ack, endSequence)) {
      return false;
    }
    if (!again || dsack) {
      outstanding = false;
      return false;
    }
    if (Seq.gt(ack, endSequence)) {
      outstanding = false;
      return true;
    }
    if (duplicate) {
      outstanding = false;
    }
    return false;
  }

  void cancel() {
    outstanding = false;
  }
}
