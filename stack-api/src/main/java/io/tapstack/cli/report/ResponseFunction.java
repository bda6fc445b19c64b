package io.tapstack.cli.report;

/**
 * What the literature says about the average congestion window, in segments, on a path that loses
 * each segment with the same probability. A window per round trip time is a rate.
 */
final class ResponseFunction {
  /** CUBIC's C, RFC 9438 section 5: how fast the window grows, in segments per second cubed. */
  static final double CUBIC_C = 0.4;

  /** CUBIC's multiplicative decrease factor, RFC 9438 section 4.6. */
  static final double CUBIC_BETA = 0.7;

  /**
   * The constant for losses at random and one segment of growth per round trip: Mathis, Semke,
   * Mahdavi and Ott, "The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm", ACM CCR
   * 27(3), 1997, table 1. (1.22, the square root of 3/2, is for losses at equal distances.)
   */
  static final double MATHIS_RANDOM = 1.31;

  private ResponseFunction() {}

  /**
   * Reno by Mathis et al.: C over the root of p. Our sender counts bytes (RFC 3465), so that a
   * receiver that acknowledges every second segment does not slow the growth: b is 1, not 2.
   */
  static double reno(double loss) {
    return loss == 0 ? Double.POSITIVE_INFINITY : MATHIS_RANDOM / Math.sqrt(loss);
  }

  /**
   * Reno with timeouts, by Padhye, Firoiu, Towsley and Kurose, "Modeling TCP Throughput", SIGCOMM
   * 1998, equation 30, in segments per second; also RFC 5348 section 3.1. It knows neither SACK nor
   * tail loss probes, so that a modern sender does better where timeouts count.
   *
   * @param rtt in seconds
   * @param rto the first retransmission timeout, in seconds
   * @param acknowledged b, how many segments an ACK stands for as far as growth is concerned
   */
  static double padhye(double loss, double rtt, double rto, int acknowledged) {
    double avoidance = rtt * Math.sqrt(2 * acknowledged * loss / 3);
    double timeout =
        rto
            * Math.min(1, 3 * Math.sqrt(3 * acknowledged * loss / 8))
            * loss
            * (1 + 32 * loss * loss);
    return 1 / (avoidance + timeout);
  }

  /**
   * CUBIC: the larger of its own region (RFC 9438 section 5.1, figure 5) and of the Reno-friendly
   * one, in which it is as fast as Reno (section 4.3). Both are for losses at equal distances.
   *
   * @param rtt in seconds
   */
  static double cubic(double loss, double rtt) {
    return Math.max(cubicRegion(loss, rtt), renoFriendlyRegion(loss));
  }

  /** RFC 9438 section 5.1: (C (3 + beta) / (4 (1 - beta)))^(1/4) * (RTT / p)^(3/4). */
  static double cubicRegion(double loss, double rtt) {
    double growth = CUBIC_C * (3 + CUBIC_BETA) / (4 * (1 - CUBIC_BETA));
    return Math.pow(growth, 0.25) * Math.pow(rtt / loss, 0.75);
  }

  /**
   * RFC 9438 section 4.3, figure 3: the root of alpha (1 + beta) / (2 (1 - beta) p), where alpha is
   * 3 (1 - beta) / (1 + beta) so that it is Reno's.
   */
  static double renoFriendlyRegion(double loss) {
    double alpha = 3 * (1 - CUBIC_BETA) / (1 + CUBIC_BETA);
    return Math.sqrt(alpha * (1 + CUBIC_BETA) / (2 * (1 - CUBIC_BETA) * loss));
  }
}
