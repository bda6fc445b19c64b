package io.tapstack.tcp;

/**
 * Slow start and congestion avoidance of RFC 5681, counting bytes (RFC 3465), with window
 * validation (RFC 7661) and the gentler answer to ECN of RFC 8511.
 */
final class NewReno implements CongestionControl {
  /** RFC 5681 section 3.1 (4). */
  private static final double BETA = 0.5;

  /** RFC 8511 section 3.1. */
  private static final double BETA_ECN = 0.8;

  private final WindowValidation validation = new WindowValidation();
  private final SlowStart slowStart = new SlowStart();

  private int mss = 536;
  private int initialWindow;
  private int cwnd;
  private int ssthresh = Integer.MAX_VALUE;
  private int avoidanceBytes;
  private double beta = BETA;
  private int priorCwnd;
  private int priorSsthresh;

  @Override
  public String name() {
    return "reno";
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
    validation.acked(sample, cwnd);
    if (sample.isRecovering()) {
      return;
    }
    if (validation.hasExpired(sample.now())) {
      ssthresh = Windows.expiredThreshold(ssthresh, cwnd);
      cwnd = Windows.expired(cwnd, initialWindow);
    }
    if (!validation.mayGrow(sample)) {
      return; // the application, not the window, limits: nothing was learned about the path
    }
    int acked = sample.acked();
    if (cwnd < ssthresh) {
      int room = ssthresh - cwnd;
      int growth = Math.min(slowStart.growth(acked, mss), room);
      cwnd = Windows.grown(cwnd, growth);
      if (growth < room) {
        return;
      }
      slowStart.ended();
      acked -= growth;
    }
    // RFC 5681 section 3.1, by bytes: one SMSS for each cwnd of acknowledged data
    avoidanceBytes = Windows.grown(avoidanceBytes, acked);
    if (avoidanceBytes >= cwnd) {
      avoidanceBytes = Math.min(avoidanceBytes - cwnd, cwnd);
      cwnd = Windows.grown(cwnd, mss);
    }
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
    ssthresh = Windows.reduced(validation.congested(inFlight, cwnd), beta, 2 * mss);
    avoidanceBytes = 0;
  }

  @Override
  public void recovered(int inFlight, long now) {
    int carried = validation.recovered();
    // RFC 7661 section 4.4.1, or RFC 6582 section 3.2 (3), option 2: rate reduction (RFC 6937) has
    // brought what is in flight to ssthresh, so no burst follows.
    cwnd = carried < 0 ? Math.min(cwnd, ssthresh) : Windows.reduced(carried, beta, mss);
  }

  @Override
  public void timedOut(int inFlight, boolean first, long now) {
    // RFC 5681 section 3.1: ssthresh falls once for a segment, the loss window is one segment
    if (first) {
      beta = BETA;
      reduce(inFlight);
    }
    cwnd = mss;
    validation.reset();
    slowStart.timedOut();
  }

  @Override
  public void undo(long now) {
    if (priorCwnd == 0) {
      return;
    }
    cwnd = Math.max(cwnd, priorCwnd);
    ssthresh = Math.max(ssthresh, priorSsthresh);
    priorCwnd = 0;
    validation.reset();
    slowStart.ended();
  }

  @Override
  public void restarted(long idle, long rto, long now) {
    ssthresh = Windows.restartThreshold(ssthresh, cwnd, initialWindow);
    cwnd = Windows.restarted(cwnd, initialWindow, idle, rto);
    validation.reset();
  }
}
