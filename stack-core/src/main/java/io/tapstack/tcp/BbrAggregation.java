package io.tapstack.tcp;

/**
 * How much more than the bandwidth explains ACKs brought at once: BBR.extra_acked,
 * draft-ietf-ccwg-bbr section 5.5.9. Links and receivers that gather ACKs make it necessary to have
 * so much more in flight. The greatest of ten round trips counts, or of one in startup.
 */
final class BbrAggregation {
  private static final int FILTER_ROUNDS = 10;

  private long intervalStart;
  private double delivered;

  /** The greatest of the last five to ten rounds, in two halves that take turns. */
  private int before;

  private int running;
  private long halfStart;

  void begin(long now) {
    restart(now);
  }

  /** Sending begins again after idleness: what comes now is measured from now on. */
  void restart(long now) {
    intervalStart = now;
    delivered = 0;
  }

  /**
   * An ACK delivered some bytes.
   *
   * @param bandwidth the estimate, in bytes per second
   * @param round which round trip of the connection this is
   * @param startup whether the bandwidth is still being found
   */
  void acked(int bytes, double bandwidth, int cwnd, long round, boolean startup, long now) {
    double expected = bandwidth * (now - intervalStart) / 1e9;
    if (delivered <= expected) {
      restart(now);
      expected = 0;
    }
    delivered += bytes;
    int length = startup ? 1 : FILTER_ROUNDS / 2;
    if (round - halfStart >= length) {
      before = startup ? 0 : running;
      running = 0;
      halfStart = round;
    }
    running = Math.max(running, (int) Math.min(Math.max(delivered - expected, 0), cwnd));
  }

  int extra() {
    return Math.max(before, running);
  }
}
