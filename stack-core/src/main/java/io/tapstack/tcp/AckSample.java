package io.tapstack.tcp;

/**
 * What one ACK told about the path, for {@link CongestionControl}. One instance serves all ACKs of
 * a stack: it is valid during the call only. Sizes are in bytes, times in nanoseconds.
 *
 * <p>Delivery rates follow draft-ietf-ccwg-bbr (delivery rate estimation): a sample is what was
 * delivered since the segment that was delivered last had left, over the longer of the time that
 * sending and acknowledging it took.
 */
public final class AckSample {
  long now;
  int acked;
  int delivered;
  int lost;
  int priorInFlight;
  int inFlight;
  long rtt;
  long srtt;
  long minRtt;
  long totalDelivered;
  long priorDelivered;
  long rateDelivered;
  long rateInterval;
  long totalLost;
  long priorLost;
  int txInFlight;
  boolean appLimited;
  boolean cwndLimited;
  boolean recovering;
  boolean ecnEcho;
  boolean paced;

  AckSample() {}

  public long now() {
    return now;
  }

  /** How far SND.UNA moved. */
  public int acked() {
    return acked;
  }

  /** What is newly known to have been delivered, by SND.UNA or by SACK. */
  public int delivered() {
    return delivered;
  }

  /** What was newly marked lost. */
  public int lost() {
    return lost;
  }

  /** What was in flight before this ACK. */
  public int priorInFlight() {
    return priorInFlight;
  }

  /** What is in flight after it: sent, and neither delivered nor lost. */
  public int inFlight() {
    return inFlight;
  }

  /** The round trip that this ACK measured, or -1. */
  public long rtt() {
    return rtt;
  }

  /** The smoothed round trip time, or -1 before the first measurement. */
  public long srtt() {
    return srtt;
  }

  /** The least round trip of the last while (RFC 8985 section 6.1 windows it), or -1. */
  public long minRtt() {
    return minRtt;
  }

  /** All that the connection has delivered. */
  public long totalDelivered() {
    return totalDelivered;
  }

  /**
   * What {@link #totalDelivered} was when the segment left that this ACK delivered last, or -1 if
   * it delivered none. A round trip ends when this reaches what was delivered when it began.
   */
  public long priorDelivered() {
    return priorDelivered;
  }

  /** All that the connection ever marked lost. */
  public long totalLost() {
    return totalLost;
  }

  /** What {@link #totalLost} was when the segment left that this ACK delivered last. */
  public long priorLost() {
    return priorLost;
  }

  /** What was in flight when that segment had left, itself included. */
  public int txInFlight() {
    return txInFlight;
  }

  /** What was delivered between {@link #priorDelivered} and now. */
  public long rateDelivered() {
    return rateDelivered;
  }

  /** Over which time, or -1 if there is no valid sample. */
  public long rateInterval() {
    return rateInterval;
  }

  /** The delivery rate in bytes per second, or -1 if there is no valid sample. */
  public long deliveryRate() {
    return rateInterval > 0 ? (long) (rateDelivered * 1e9 / rateInterval) : -1;
  }

  /** Whether the application left the network idle while the sample was taken. */
  public boolean isAppLimited() {
    return appLimited;
  }

  /** Whether the congestion window, and nothing else, held sending back in the last round trip. */
  public boolean isCwndLimited() {
    return cwndLimited;
  }

  /** Whether loss recovery (not that after a timeout) is under way. */
  public boolean isRecovering() {
    return recovering;
  }

  /** Whether segments leave spread over time, so that a larger window makes no burst. */
  public boolean isPaced() {
    return paced;
  }

  /** Whether the ACK echoes "congestion experienced". */
  public boolean hasEcnEcho() {
    return ecnEcho;
  }
}
