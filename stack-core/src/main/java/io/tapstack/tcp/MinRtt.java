package io.tapstack.tcp;

/**
 * The least round trip of the last five minutes, as RFC 8985 section 6.1 wants it: windowed, so
 * that a path that became longer is noticed. Keeps the best of three sub-windows (the algorithm of
 * Kathleen Nichols that Linux uses), so a sample costs a few comparisons and no memory.
 */
final class MinRtt {
  /** RFC 8985 section 6.1 leaves the window open; Linux has 300 s. */
  private static final long WINDOW = 300_000_000_000L;

  private long bestTime;
  private long best = -1;
  private long secondTime;
  private long second;
  private long thirdTime;
  private long third;

  /** The least round trip in nanoseconds, or -1 before the first sample. */
  long value() {
    return best;
  }

  void sample(long rtt, long now) {
    if (best < 0 || rtt <= best || now - thirdTime > WINDOW) {
      best = rtt;
      second = rtt;
      third = rtt;
      bestTime = now;
      secondTime = now;
      thirdTime = now;
      return;
    }
    if (rtt <= second) {
      second = rtt;
      third = rtt;
      secondTime = now;
      thirdTime = now;
    } else if (rtt <= third) {
      third = rtt;
      thirdTime = now;
    }
    if (now - bestTime > WINDOW) {
      best = second;
      bestTime = secondTime;
      second = third;
      secondTime = thirdTime;
      third = rtt;
      thirdTime = now;
    } else if (secondTime == bestTime && now - bestTime > WINDOW / 4) {
      second = rtt;
      third = rtt;
      secondTime = now;
      thirdTime = now;
    } else if (thirdTime == secondTime && now - bestTime > WINDOW / 2) {
      third = rtt;
      thirdTime = now;
    }
  }
}
