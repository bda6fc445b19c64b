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

  @Override
  public void established(int mss, int initialWindow) {
    this.mss = mss;
    this.initialWindow = initialWindow;
    cwnd = initialWindow;
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
  public void acked(int acked, int flight) {
    if (flight < cwnd / 2) {
      return; // the application, not the window, limits: nothing was learned about the path
    }
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
  public void lossDetected(int flight) {
    // RFC 5681 (4)
    ssthresh = Math.max(flight / 2, 2 * mss);
    cwnd = ssthresh;
    avoidanceBytes = 0;
  }

  @Override
  public void recovered(int flight) {
    // RFC 6582 section 3.2 (3), option 1: no burst when little is in flight
    cwnd = Math.min(ssthresh, Math.max(flight, mss) + mss);
  }

  @Override
  public void timedOut(int flight, boolean first) {
    // RFC 5681 section 3.1: ssthresh falls once for a segment, the loss window is one segment
    if (first) {
      ssthresh = Math.max(flight / 2, 2 * mss);
    }
    cwnd = mss;
    avoidanceBytes = 0;
  }

  @Override
  public void restartAfterIdle() {
    // RFC 5681 section 4.1
    cwnd = Math.min(cwnd, initialWindow);
  }
}
