package io.tapstack.tcp;

/** Slow start and congestion avoidance of RFC 5681, counting bytes (RFC 3465). */
final class NewReno implements CongestionControl {
  /** No window of TCP is larger: RFC 7323 section 2.3. */
  private static final int MAX_CWND = 1 << 30;

  private int mss = 536;
  private int initialWindow;
  private int cwnd;
  private int ssthresh = Integer.MAX_VALUE;
  private int avoidanceBytes;
  private int priorCwnd;
  private int priorSsthresh = Integer.MAX_VALUE;

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
  public void mss(int mss) {
    this.mss = mss;
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
    if (sample.isRecovering() || !sample.isCwndLimited()) {
      return; // the application, not the window, limits: nothing was learned about the path
    }
    int acked = sample.acked();
    if (cwnd < ssthresh) {
      // RFC 5681 (2): at most SMSS for each ACK, so that a receiver cannot split ACKs for profit;
      // RFC 3465 section 2.3 allows 2*SMSS, which makes up for delayed ACKs.
      cwnd = Math.min(cwnd + Math.min(acked, 2 * mss), MAX_CWND);
    } else {
      // RFC 5681 section 3.1, by bytes: one SMSS for each cwnd of acknowledged data
      avoidanceBytes += acked;
      if (avoidanceBytes >= cwnd) {
        avoidanceBytes -= cwnd;
        cwnd = Math.min(cwnd + mss, MAX_CWND);
      }
    }
  }

  @Override
  public void congested(Cause cause, int inFlight, long now) {
    remember();
    // RFC 5681 (4)
    ssthresh = Math.max(inFlight / 2, 2 * mss);
    cwnd = ssthresh;
    avoidanceBytes = 0;
  }

  @Override
  public void recovered(int inFlight, long now) {
    // RFC 6582 section 3.2 (3), option 1: no burst when little is in flight
    cwnd = Math.min(ssthresh, Math.max(inFlight, mss) + mss);
  }

  @Override
  public void timedOut(int inFlight, boolean first, long now) {
    // RFC 5681 section 3.1: ssthresh falls once for a segment, the loss window is one segment
    if (first) {
      remember();
      ssthresh = Math.max(inFlight / 2, 2 * mss);
    }
    cwnd = mss;
    avoidanceBytes = 0;
  }

  private void remember() {
    priorCwnd = cwnd;
    priorSsthresh = ssthresh;
  }

  @Override
  public void undo(long now) {
    cwnd = Math.max(cwnd, priorCwnd);
    ssthresh = Math.max(ssthresh, priorSsthresh);
  }

  @Override
  public void restarted(long idle, long rto, long now) {
    // RFC 5681 section 4.1
    cwnd = Math.min(cwnd, initialWindow);
  }
}
