package io.tapstack.tcp;

/**
 * What held sending back, and for how long (Linux's "chronographs"); and whether the congestion
 * window was used up in the last round trip, without which it must not grow (RFC 7661).
 */
final class SendLimits {
  /** Who is to blame that not more is sent at this moment. */
  enum Limit {
    /** Nothing is outstanding and nothing waits. */
    IDLE,
    /** The path, that is the congestion window; or nobody. */
    BUSY,
    /** The peer's window. */
    RECEIVE_WINDOW,
    /** The application's data fills the send buffer, and all of it is in flight. */
    SEND_BUFFER
  }

  private Limit limit = Limit.IDLE;
  private long since;
  private long busy;
  private long receiveWindow;
  private long sendBuffer;
  private boolean cwndLimited;
  private int cwndUsageSequence;
  private int mostInFlight;

  /** Sending stopped for now: why. */
  void stopped(Limit why, long now) {
    if (why != limit) {
      count(now);
      limit = why;
    }
  }

  private void count(long now) {
    long time = now - since;
    since = now;
    switch (limit) {
      case BUSY -> busy += time;
      case RECEIVE_WINDOW -> receiveWindow += time;
      case SEND_BUFFER -> sendBuffer += time;
      case IDLE -> {}
    }
  }

  /** How long something was outstanding or waited to be sent. */
  long busyTime(long now) {
    count(now);
    return busy + receiveWindow + sendBuffer;
  }

  /** How much of it the peer's window held sending back. */
  long receiveWindowTime(long now) {
    count(now);
    return receiveWindow;
  }

  /** How much of it the send buffer did. */
  long sendBufferTime(long now) {
    count(now);
    return sendBuffer;
  }

  /** Sending stopped for now, having brought this much into flight. */
  void sent(TcpConnection c, boolean byCwnd) {
    int inFlight = c.recovery.inFlight();
    if (byCwnd || Seq.geq(c.sndUna, cwndUsageSequence) || !cwndLimited && inFlight > mostInFlight) {
      cwndLimited = byCwnd;
      mostInFlight = inFlight;
      cwndUsageSequence = c.sndNxt;
    }
  }

  /** Whether the congestion window was what held sending back in this round trip. */
  boolean isCwndLimited(TcpConnection c) {
    int cwnd = c.congestion.cwnd();
    // In slow start the window doubles in a round trip: half of it used is all of the last one.
    return cwndLimited || cwnd < c.congestion.ssthresh() && cwnd < 2L * mostInFlight;
  }
}
