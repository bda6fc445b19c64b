package io.tapstack.tcp;

/**
 * The path's round trip time without a queue: BBR.min_rtt, draft-ietf-ccwg-bbr section 4.3.4.1 and
 * 5.5.7. The least of ten seconds counts; five seconds without a new least one mean that it is time
 * to look for it.
 */
final class BbrMinRtt {
  private static final long FILTER_LENGTH = 10_000_000_000L;
  private static final long PROBE_INTERVAL = 5_000_000_000L;

  static final long UNKNOWN = Long.MAX_VALUE;

  private long value = UNKNOWN;
  private long stamp;
  private long recent = UNKNOWN;
  private long recentStamp;
  private boolean probeDue;

  void begin(long now) {
    stamp = now;
    recentStamp = now;
  }

  /** In nanoseconds; {@link #UNKNOWN} before the first sample. */
  long value() {
    return value;
  }

  /** Whether the last ACK came when the path should be looked at without a queue. */
  boolean isProbeDue() {
    return probeDue;
  }

  /**
   * An ACK arrived.
   *
   * @param rtt the round trip that it measured, or -1
   */
  void sample(long rtt, long now) {
    probeDue = recent != UNKNOWN && now - recentStamp > PROBE_INTERVAL;
    if (rtt >= 0 && (rtt < recent || probeDue)) {
      recent = rtt;
      recentStamp = now;
    }
    boolean expired = now - stamp > FILTER_LENGTH;
    if (recent < value || expired) {
      value = recent;
      stamp = recentStamp;
    }
  }

  /** The path was looked at: the next time is an interval from now. */
  void probed(long now) {
    recentStamp = now;
  }
}
