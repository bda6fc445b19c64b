package io.tapstack.tcp;

/** The arithmetic of windows that algorithms which keep one have in common, in bytes. */
final class Windows {
  /** No window of TCP is larger: RFC 7323 section 2.3. */
  static final int MAX = 1 << 30;

  private Windows() {}

  static int grown(int window, int by) {
    return (int) Math.min((long) window + by, MAX);
  }

  /** What the network carried, reduced by a factor, but not below a floor. */
  static int reduced(int carried, double beta, int floor) {
    return (int) Math.min(Math.max((long) (carried * beta), floor), MAX);
  }

  // ---- restart after idle ----

  /**
   * The window after nothing was sent for a while: it is halved for each timeout that has passed,
   * down to the restart window. RFC 5681 section 4.1 falls to the restart window at once, and RFC
   * 7661 keeps all of it for five minutes if bursts are held back by other means; Linux does this
   * (RFC 2861), which lies between the two.
   *
   * @param restart the initial window
   */
  static int restarted(int cwnd, int restart, long idle, long rto) {
    int floor = Math.min(cwnd, restart);
    int window = cwnd;
    for (long left = idle - rto; left > 0 && window > floor; left -= rto) {
      window >>= 1;
    }
    return Math.max(window, floor);
  }

  /** ssthresh remembers most of the window that was not sustained: RFC 2861 section 3.1. */
  static int restartThreshold(int ssthresh, int cwnd, int restart) {
    return cwnd > restart ? remembering(ssthresh, cwnd) : ssthresh;
  }

  private static int remembering(int ssthresh, int cwnd) {
    return Math.max(ssthresh, (int) (3L * cwnd / 4));
  }

  // ---- the end of the non-validated period, RFC 7661 section 4.4.3 ----

  static int expired(int cwnd, int initialWindow) {
    return Math.max(cwnd / 2, Math.min(initialWindow, cwnd));
  }

  static int expiredThreshold(int ssthresh, int cwnd) {
    return remembering(ssthresh, cwnd);
  }
}
