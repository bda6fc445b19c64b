package io.tapstack.tcp;

/**
 * Spreads segments over time: says when the next one may leave at a given rate. Segments leave in
 * bursts of about a millisecond's worth, so that one timer serves for several, and each burst waits
 * until all that left before it has been paid for at the rate. Who comes late because a timer did
 * makes up for it, but only by one burst: time in which nothing was sent is lost.
 *
 * <p>Times are in nanoseconds, rates in bytes per second.
 */
final class Pacer {
  /** Linux paces by twice the window in slow start, so that it can double in a round trip. */
  private static final double SLOW_START_GAIN = 2.0;

  /** And somewhat faster than the window says in congestion avoidance, so that it is used up. */
  private static final double AVOIDANCE_GAIN = 1.2;

  private static final long SECOND = 1_000_000_000;
  private static final long BURSTS_PER_SECOND = 1000;
  private static final int MIN_BURST_SEGMENTS = 2;
  private static final int MAX_BURST = 65_536;

  private long rate;
  private int burst;
  private int burstLeft;

  /** Whether somebody was told to wait for the next burst. */
  private boolean waiting;

  /** When all that was sent has been paid for. */
  private long next = Long.MIN_VALUE;

  /** What integer division left over of {@link #next}, in units of 1/rate nanoseconds. */
  private long remainder;

  /**
   * The rate of an algorithm that has none of its own, as in Linux.
   *
   * @param window cwnd, or what is in flight if it is more
   * @param srtt the smoothed round trip time
   * @return 0, which means no pacing, if {@code srtt} is not known yet
   */
  static long rate(int window, int ssthresh, long srtt) {
    if (srtt <= 0) {
      return 0;
    }
    double gain = window < ssthresh / 2 ? SLOW_START_GAIN : AVOIDANCE_GAIN;
    return Math.max((long) (gain * window * SECOND / srtt), 1);
  }

  /**
   * Sets the rate, which may change at any time.
   *
   * @param bytesPerSecond 0 to send without pacing
   */
  void rate(long bytesPerSecond, int mss) {
    if (bytesPerSecond != rate) {
      rate = bytesPerSecond;
      remainder = 0;
    }
    long millisecond = Math.min(bytesPerSecond / BURSTS_PER_SECOND, MAX_BURST);
    burst = (int) Math.max(millisecond, MIN_BURST_SEGMENTS * (long) mss);
  }

  /** The rate in bytes per second, 0 without pacing. */
  long rate() {
    return rate;
  }

  /** Whether segments are paced at all. */
  boolean isPacing() {
    return rate > 0;
  }

  /** When the next segment may leave: {@code now} if at once. */
  long delayUntil(long now) {
    if (rate <= 0 || burstLeft > 0 || next <= now) {
      return now;
    }
    waiting = true;
    return next;
  }

  /** A segment has left. */
  void onSent(int bytes, long now) {
    if (rate <= 0) {
      next = now;
      burstLeft = 0;
      return;
    }
    if (next <= now) {
      // A new burst begins. What a late timer lost is kept, what idleness did is not.
      long most = burst * SECOND / rate;
      if (now - next > most || next == Long.MIN_VALUE) {
        next = waiting ? now - most : now;
      }
      waiting = false;
      burstLeft = burst;
    }
    burstLeft -= bytes;
    long cost = bytes * SECOND + remainder;
    next += cost / rate;
    remainder = cost % rate;
  }
}
