package io.tapstack.tcp;

/**
 * The greatest delivery rate of this cycle of bandwidth probing and the one before: BBR.max_bw,
 * draft-ietf-ccwg-bbr section 5.5.5, with a filter of two cycles. Bytes per second.
 */
final class BbrMaxBandwidth {
  private long before;
  private long running;

  long value() {
    return Math.max(before, running);
  }

  /** A rate was measured; one that the application limited counts only if it is greater. */
  void sample(long rate, boolean appLimited) {
    if (rate > 0 && (rate >= value() || !appLimited)) {
      running = Math.max(running, rate);
    }
  }

  /** A cycle in which the path was probed has ended. */
  void advance() {
    if (running > 0) {
      before = running;
      running = 0;
    }
  }
}
