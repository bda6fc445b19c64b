package io.tapstack.tcp;

/**
 * How much may be in flight, and how fast it may leave: the congestion control of one connection.
 * Loss detection and recovery say what happened; the answers are {@link #cwnd()} and {@link
 * #pacingRate()}. All sizes are in bytes, all times in nanoseconds.
 *
 * <p>Thread: the owner of the stack.
 */
public interface CongestionControl {
  /** Why the sending rate must fall. */
  enum Cause {
    /** Loss detection found a segment lost. */
    LOSS,
    /** The peer echoed "congestion experienced" (RFC 3168 section 6.1.2). */
    ECN
  }

  /** The name under which an application chooses it, as Linux has it, such as {@code cubic}. */
  String name();

  /**
   * The connection is established.
   *
   * @param mss the effective send MSS
   * @param initialWindow the initial window of RFC 6928, or one segment after a lost SYN
   */
  void established(int mss, int initialWindow, long now);

  /**
   * A number that differs between connections and that nobody outside can guess, for what must not
   * happen everywhere at once. Told before {@link #established}.
   */
  default void seed(long seed) {}

  /**
   * Takes over from another algorithm in the midst of a connection; told after {@link
   * #established}.
   *
   * @param cwnd the window that the other one had
   * @param ssthresh its threshold
   */
  default void resumed(int cwnd, int ssthresh, long now) {}

  /** The effective send MSS changed, because the path MTU did. */
  void mss(int mss);

  /** The congestion window. */
  int cwnd();

  /** The slow start threshold; {@link Integer#MAX_VALUE} before the first loss. */
  int ssthresh();

  /**
   * The rate at which segments should leave, in bytes per second; 0 for no opinion, which leaves it
   * to the stack to pace by cwnd and round trip time or not at all.
   */
  default long pacingRate() {
    return 0;
  }

  /**
   * Whether this algorithm decides about the window during recovery as well. Otherwise proportional
   * rate reduction (RFC 6937) brings what is in flight down to {@link #ssthresh()} meanwhile, and
   * this algorithm's window counts again when recovery has ended.
   */
  default boolean controlsRecovery() {
    return false;
  }

  /**
   * An ACK said that data was delivered. Called in every state; see {@link AckSample#isRecovering}.
   *
   * @param sample valid during the call only
   */
  void acked(AckSample sample);

  /**
   * Congestion was noticed, for the first time in this window of data; recovery begins.
   *
   * @param inFlight what was sent and not yet acknowledged, by SND.UNA: the FlightSize of RFC 5681.
   *     Limited transmit (RFC 3042) may have brought it above the window.
   */
  void congested(Cause cause, int inFlight, long now);

  /**
   * Recovery ended with all of it acknowledged.
   *
   * @param inFlight what is in flight now
   */
  void recovered(int inFlight, long now);

  /**
   * The retransmission timer expired.
   *
   * @param inFlight what was sent and not yet acknowledged, by SND.UNA
   * @param first whether this segment times out for the first time
   */
  void timedOut(int inFlight, boolean first, long now);

  /** The last reduction was spurious: nothing had been lost (RFC 4015). The window goes back. */
  void undo(long now);

  /**
   * Sending begins again after nothing was in flight for longer than an RTO (RFC 5681 section 4.1,
   * RFC 7661 section 4.4).
   *
   * @param idle how long nothing was sent
   */
  void restarted(long idle, long rto, long now);
}
