package io.tapstack.cli.report;

/**
 * How long the report simulates.
 *
 * @param segments how many segments a run should bring, as far as the seconds allow
 * @param leastSeconds the shortest run
 * @param mostSeconds the longest run
 * @param fairnessSeconds how long flows share a bottleneck
 * @param fairnessRuns with how many seeds each
 */
record Effort(
    int segments, int leastSeconds, int mostSeconds, int fairnessSeconds, int fairnessRuns) {

  /** What the figures of the README come from. */
  static final Effort FULL = new Effort(300_000, 30, 1200, 200, 4);

  /** Some seconds' worth. */
  static final Effort QUICK = new Effort(10_000, 5, 60, 40, 1);

  private static final long SECOND = 1_000_000_000L;

  /** How long a flow is measured that cannot be faster than its limit, in nanoseconds. */
  long measured(Limit limit) {
    double seconds = (double) segments * SimPath.PAYLOAD * 8 / limit.bitsPerSecond();
    return Math.round(Math.max(leastSeconds, Math.min(mostSeconds, seconds))) * SECOND;
  }

  /** How long it may settle before. */
  long settling(Limit limit) {
    return measured(limit) / 4;
  }
}
