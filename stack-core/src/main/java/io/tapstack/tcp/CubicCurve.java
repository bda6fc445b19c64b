package io.tapstack.tcp;

/**
 * The window increase functions of CUBIC, RFC 9438 sections 4.2 to 4.5 and 4.7: the cubic curve,
 * and Reno's line beside it. An epoch is a stage of congestion avoidance without a reduction.
 */
final class CubicCurve {
  private static final double SECOND = 1e9;

  private final double c;

  /** Section 4.3: what makes additive increase with beta as fast as Reno's with one half. */
  private final double alpha;

  private final double beta;

  /** W_max: the window before the last reduction; 0 for none. */
  private double wMax;

  /** cwnd_prior: the window before the last reduction, without fast convergence. */
  private double cwndPrior;

  private boolean begun;
  private long epochStart;

  /** In seconds. */
  private double k;

  /** W_est: what Reno's window would be. */
  private double wEst;

  // What undo restores, section 4.9.
  private double savedWMax;
  private double savedCwndPrior;
  private boolean savedBegun;
  private long savedEpochStart;
  private double savedK;
  private double savedWEst;

  CubicCurve(double c, double beta) {
    this.c = c;
    this.beta = beta;
    alpha = 3 * (1 - beta) / (1 + beta);
  }

  boolean hasBegun() {
    return begun;
  }

  /** Congestion avoidance begins. */
  void begin(int cwnd, int mss, long now) {
    begun = true;
    epochStart = now;
    wEst = cwnd;
    if (wMax <= cwnd) {
      // Sections 4.8 and 4.10: after a timeout, and after a slow start without a loss. Also when
      // less was reduced than fast convergence assumed.
      wMax = cwnd;
      cwndPrior = cwndPrior == 0 ? cwnd : cwndPrior;
      k = 0;
    } else {
      k = Math.cbrt((wMax - cwnd) / mss / c); // section 4.2, figure 2
    }
  }

  /**
   * By how many bytes the window grows for an ACK.
   *
   * @param acked at most {@code cwnd}
   */
  double growth(double cwnd, int acked, int mss, long srtt, long now) {
    double t = (now - epochStart) / SECOND;
    // Section 4.3, figure 4
    wEst += (wEst >= cwndPrior ? 1 : alpha) * acked * mss / cwnd;
    if (at(t, mss) < wEst) {
      return Math.max(wEst - cwnd, 0);
    }
    // Section 4.2: the window of a round trip from now, within bounds; sections 4.4 and 4.5
    double target = Math.min(Math.max(at(t + srtt / SECOND, mss), cwnd), 1.5 * cwnd);
    return (target - cwnd) * acked / cwnd;
  }

  /** W_cubic, section 4.2, figure 1. */
  private double at(double t, int mss) {
    double d = t - k;
    return c * d * d * d * mss + wMax;
  }

  /** The application did not use the window for so long: section 4.2 does not count that. */
  void pause(long nanos) {
    epochStart += nanos;
  }

  /** Section 4.7, fast convergence: who loses before it is back gives more room to others. */
  void congested(int cwnd) {
    wMax = cwnd < wMax ? cwnd * (1 + beta) / 2 : cwnd;
    cwndPrior = cwnd;
    begun = false;
  }

  /** The epoch ends, because the window is no longer what the curve made it. */
  void end() {
    begun = false;
  }

  /** The epoch ends, and the next begins with a curve that is flat where the window is then. */
  void forget() {
    wMax = 0;
    begun = false;
  }

  void remember() {
    savedWMax = wMax;
    savedCwndPrior = cwndPrior;
    savedBegun = begun;
    savedEpochStart = epochStart;
    savedK = k;
    savedWEst = wEst;
  }

  void restore() {
    wMax = savedWMax;
    cwndPrior = savedCwndPrior;
    begun = savedBegun;
    epochStart = savedEpochStart;
    k = savedK;
    wEst = savedWEst;
  }
}
