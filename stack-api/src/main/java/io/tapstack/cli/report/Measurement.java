package io.tapstack.cli.report;

/**
 * What one bulk flow achieved on a path, beside what it could at most.
 *
 * @param x its place in a sweep
 */
record Measurement(String congestion, double x, SimPath path, PathRun.Result result, Limit limit) {

  /** Runs a flow. */
  static Measurement of(String congestion, Sweep.Point point, Effort effort, long seed) {
    Limit limit = Limit.of(point.path(), congestion, PathRun.BUFFER);
    long settling = effort.settling(limit);
    PathRun.Result result =
        new PathRun(point.path(), seed)
            .flow(congestion, 0)
            .run(settling, settling + effort.measured(limit));
    return new Measurement(congestion, point.x(), point.path(), result, limit);
  }

  /** The share of the limit that was achieved. */
  double ratio() {
    return goodput() / limit.bitsPerSecond();
  }

  /**
   * The share of what an ideal sender with this congestion control would reach ({@link
   * IdealWindow}); NaN where the response function is not what limits.
   */
  double idealRatio() {
    if (limit.reason() != Limit.Reason.RESPONSE) {
      return Double.NaN;
    }
    double roundTrip = path.roundTripSeconds();
    double most = path.payloadRate() * roundTrip / (8 * SimPath.PAYLOAD);
    double segments = IdealWindow.segments(congestion, path.loss(), roundTrip, most);
    return goodput() / (segments * SimPath.PAYLOAD * 8 / roundTrip);
  }

  /** In bits per second. */
  double goodput() {
    return result.goodput();
  }
}
