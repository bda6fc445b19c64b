package io.tapstack.cli.report;

/**
 * The most goodput that there can be on a path: the smallest of what the bottleneck carries, what
 * the window allows, and what the congestion control's response function allows.
 *
 * @param bitsPerSecond of payload
 * @param reason which of them it is
 */
record Limit(double bitsPerSecond, Reason reason) {

  /** What limits. */
  enum Reason {
    BOTTLENECK("bottleneck"),
    WINDOW("window"),
    RESPONSE("response function");

    final String words;

    Reason(String words) {
      this.words = words;
    }
  }

  /**
   * The limit of one flow.
   *
   * @param window the buffer, in bytes
   */
  static Limit of(SimPath path, String congestion, long window) {
    double bottleneck = path.payloadRate() * (1 - path.loss());
    Limit limit = new Limit(bottleneck, Reason.BOTTLENECK);
    limit = limit.orLess(window * 8e9 / path.rttNanos(), Reason.WINDOW);
    double roundTrip = path.roundTripSeconds();
    double segments = segments(congestion, path.loss(), roundTrip);
    return limit.orLess(segments * SimPath.PAYLOAD * 8 / roundTrip, Reason.RESPONSE);
  }

  /** The window that the response function allows; BBR's does not depend on loss. */
  private static double segments(String congestion, double loss, double roundTrip) {
    if (loss == 0) {
      return Double.POSITIVE_INFINITY;
    }
    return switch (congestion) {
      case "reno" -> ResponseFunction.reno(loss);
      case "cubic" -> ResponseFunction.cubic(loss, roundTrip);
      default -> Double.POSITIVE_INFINITY;
    };
  }

  private Limit orLess(double other, Reason why) {
    return other < bitsPerSecond ? new Limit(other, why) : this;
  }
}
