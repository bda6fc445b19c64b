package io.tapstack.tcp;

/**
 * Brings what is in flight down to ssthresh over one round trip of recovery, in proportion to what
 * is delivered: RFC 6937 with the refinements of its successor (draft-ietf-tcpm-prr-rfc6937bis):
 * the reduction bound is chosen for each ACK by whether it shows progress without further loss.
 */
final class ProportionalRateReduction {
  private int ssthresh;
  private int recoverFlightSize;
  private long delivered;
  private long out;
  private int cwnd;

  /**
   * Recovery begins.
   *
   * @param flightSize RecoverFS: what was in flight, as the peer's SACKs had it before this ACK
   */
  void begin(int ssthresh, int flightSize, int inFlight) {
    this.ssthresh = ssthresh;
    recoverFlightSize = Math.max(flightSize, 1);
    delivered = 0;
    out = 0;
    cwnd = inFlight;
  }

  /** How much may be in flight: until the next ACK, it does not change. */
  int cwnd() {
    return cwnd;
  }

  /** An ACK delivered data (RFC 6937 section 3). */
  void acked(int newlyDelivered, int inFlight, boolean safe, int mss) {
    if (newlyDelivered == 0 && out > 0) {
      return;
    }
    delivered += newlyDelivered;
    long send;
    if (inFlight > ssthresh) {
      send = (delivered * ssthresh + recoverFlightSize - 1) / recoverFlightSize - out;
    } else {
      send = Math.max(delivered - out, newlyDelivered);
      if (safe) {
        send += mss; // slow start reduction bound
      }
      send = Math.min(ssthresh - inFlight, send);
    }
    if (out == 0) {
      send = Math.max(send, mss); // the fast retransmit is not held back
    }
    cwnd = inFlight + (int) Math.max(send, 0);
  }

  /** Data was sent, new or again. */
  void sent(int bytes) {
    out += bytes;
  }
}
