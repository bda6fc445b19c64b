package io.tapstack.tcp;

/**
 * CUBIC, RFC 9438: the window grows with the time since the last reduction, first fast towards
 * where congestion had met it, then slowly, then fast again; and never slower than Reno's would.
 * Windows are in bytes, where the RFC counts segments. Slow start ends by HyStart++ (RFC 9406), the
 * window is validated (RFC 7661), and ECN is answered more gently than a loss (RFC 8511).
 */
final class Cubic implements CongestionControl {
  /** RFC 9438 section 5.1: how steep the curve is, in segments per cubed second. */
  private static final double C = 0.4;

  /** RFC 9438 section 4.6. */
  private static final double BETA = 0.7;

  /** RFC 8511 section 3.1. */
  private static final double BETA_ECN = 0.85;

  private static final long UNSET = Long.MIN_VALUE;

  private final WindowValidation validation = new WindowValidation();
  private final SlowStart slowStart = new SlowStart();
  private final HyStart hyStart = new HyStart();
  private final CubicCurve curve = new CubicCurve(C, BETA);

  private int mss = 536;
  private int initialWindow;
  private int cwnd;
  private int ssthresh = Integer.MAX_VALUE;
  private double beta = BETA;

  /** What the curve adds in fractions of a byte. */
  private double fraction;

  /** When the last ACK came, from which on the time counts as spent by the application. */
  private long lastAcked = UNSET;

  private int priorCwnd;
  private int priorSsthresh;

  @Override
  public String name() {
    return "cubic";
  }

  @Override
  public void established(int mss, int initialWindow, long now) {
    this.mss = mss;
    this.initialWindow = initialWindow;
    cwnd = initialWindow;
  }

  @Override
  public void resumed(int cwnd, int ssthresh, long now) {
    this.cwnd = Math.max(cwnd, mss);
    this.ssthresh = ssthresh;
  }

  @Override
  public void mss(int mss) {
    this.mss = mss;
    cwnd = Math.max(cwnd, mss);
  }

  @Override
  public int cwnd() {
    return cwnd;
  }

  @Override
  public int ssthresh() {
    return ssthresh;
  }

  @Override
  public void acked(AckSample sample) {
    long now = sample.now();
    long sinceLast = lastAcked == UNSET ? 0 : now - lastAcked;
    lastAcked = now;
    validation.acked(sample, cwnd);
    if (sample.isRecovering()) {
      return;
    }
    if (validation.hasExpired(now)) {
      ssthresh = Windows.expiredThreshold(ssthresh, cwnd);
      cwnd = Windows.expired(cwnd, initialWindow);
      curve.forget();
    }
    // RFC 9406 section 4.2: in the first slow start only, which has no threshold yet
    if (ssthresh == Integer.MAX_VALUE && hyStart.acked(sample)) {
      ssthresh = cwnd;
    }
    if (!sample.isCwndLimited()) {
      // RFC 9438 section 5.8: no growth, stricter than RFC 7661; section 4.2: no time passes
      curve.pause(sinceLast);
      return;
    }
    int left = cwnd < ssthresh ? slowStart(sample) : sample.acked();
    if (cwnd >= ssthresh && left > 0) {
      avoidCongestion(left, Math.max(sample.srtt(), 0), now);
    }
  }

  /** Returns how much of what was acknowledged is left for congestion avoidance. */
  private int slowStart(AckSample sample) {
    if (ssthresh == Integer.MAX_VALUE) {
      cwnd = Windows.grown(cwnd, hyStart.growth(sample, mss));
      return 0;
    }
    int acked = sample.acked();
    int room = ssthresh - cwnd;
    int growth = Math.min(slowStart.growth(acked, mss), room);
    cwnd = Windows.grown(cwnd, growth);
    if (growth < room) {
      return 0;
    }
    slowStart.ended();
    return acked - growth;
  }

  private void avoidCongestion(int acked, long srtt, long now) {
    if (!curve.hasBegun()) {
      curve.begin(cwnd, mss, now);
      fraction = 0;
    }
    double growth = curve.growth(cwnd + fraction, Math.min(acked, cwnd), mss, srtt, now) + fraction;
    int bytes = (int) Math.min(growth, Windows.MAX);
    fraction = growth - bytes;
    cwnd = Windows.grown(cwnd, bytes);
  }

  @Override
  public void congested(Cause cause, int inFlight, long now) {
    beta = cause == Cause.ECN ? BETA_ECN : BETA;
    reduce(inFlight);
    cwnd = ssthresh;
    slowStart.ended();
  }

  private void reduce(int inFlight) {
    priorCwnd = cwnd;
    priorSsthresh = ssthresh;
    curve.remember();
    curve.congested(cwnd);
    ssthresh = Windows.reduced(validation.congested(inFlight, cwnd), beta, 2 * mss);
  }

  @Override
  public void recovered(int inFlight, long now) {
    int carried = validation.recovered();
    // RFC 7661 section 4.4.1, with the factor of this algorithm
    cwnd = carried < 0 ? Math.min(cwnd, ssthresh) : Windows.reduced(carried, beta, mss);
  }

  @Override
  public void timedOut(int inFlight, boolean first, long now) {
    // RFC 9438 section 4.8: as RFC 5681, but with this beta
    if (first) {
      beta = BETA;
      reduce(inFlight);
    }
    curve.forget();
    cwnd = mss;
    validation.reset();
    slowStart.timedOut();
  }

  @Override
  public void undo(long now) {
    if (priorCwnd == 0) {
      return;
    }
    // RFC 9438 section 4.9
    cwnd = Math.max(cwnd, priorCwnd);
    ssthresh = Math.max(ssthresh, priorSsthresh);
    priorCwnd = 0;
    curve.restore();
    validation.reset();
    slowStart.ended();
  }

  @Override
  public void restarted(long idle, long rto, long now) {
    int before = cwnd;
    ssthresh = Windows.restartThreshold(ssthresh, cwnd, initialWindow);
    cwnd = Windows.restarted(cwnd, initialWindow, idle, rto);
    validation.reset();
    if (cwnd < before) {
      curve.end();
    }
    if (lastAcked != UNSET) {
      curve.pause(now - lastAcked);
      lastAcked = now;
    }
  }
}
