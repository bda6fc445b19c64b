package io.tapstack.tcp;

/**
 * How much may be in flight: the congestion window of one connection. Loss detection and recovery
 * tell it what happened; it answers with {@link #cwnd()}. All sizes are in bytes.
 *
 * <p>Thread: the owner of the stack.
 */
public interface CongestionControl {
  /**
   * The connection is established.
   *
   * @param mss the effective send MSS
   * @param initialWindow the initial window of RFC 6928, or one segment after a lost SYN
   */
  void established(int mss, int initialWindow);

  /** The congestion window. */
  int cwnd();

  /** The slow start threshold; {@link Integer#MAX_VALUE} before the first loss. */
  int ssthresh();

  /**
   * New data was acknowledged outside recovery.
   *
   * @param acked how many bytes
   * @param flight how many were in flight before
   */
  void acked(int acked, int flight);

  /** A loss was detected by duplicate ACKs; recovery begins. */
  void lossDetected(int flight);

  /** Recovery ended with all of it acknowledged. */
  void recovered(int flight);

  /**
   * The retransmission timer expired.
   *
   * @param flight how many bytes were in flight
   * @param first whether this segment times out for the first time
   */
  void timedOut(int flight, boolean first);

  /** Nothing was sent for longer than an RTO. */
  void restartAfterIdle();
}
