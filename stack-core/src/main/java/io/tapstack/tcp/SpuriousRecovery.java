package io.tapstack.tcp;

/**
 * Finds out that nothing had been lost, so that the reduction of the window can be undone (RFC
 * 4015): by timestamps that show an ACK for the original (Eifel, RFC 3522), or by D-SACKs for all
 * that was sent again (RFC 2883, RFC 3708).
 */
final class SpuriousRecovery {
  private boolean armed;
  private boolean afterTimeout;
  private int marker;

  /** What was sent again and not reported as a duplicate; negative before the first. */
  private int retransmissions;

  private boolean stamped;
  private int stamp;

  /** A recovery begins at SND.UNA, because the timer expired. */
  void beginAfterTimeout(int sndUna, int retransmittedInFlight) {
    begin(sndUna, retransmittedInFlight);
    afterTimeout = true;
  }

  /** A recovery begins at SND.UNA. */
  void begin(int sndUna, int retransmittedInFlight) {
    armed = true;
    afterTimeout = false;
    marker = sndUna;
    retransmissions = retransmittedInFlight > 0 ? retransmittedInFlight : -1;
  }

  boolean isAfterTimeout() {
    return afterTimeout;
  }

  /** Nothing is being recovered and nothing that was sent again is in flight. */
  void forgetStamp() {
    stamped = false;
  }

  void end() {
    armed = false;
  }

  /** A segment was sent again, with this value of our timestamp clock. */
  void retransmitted(int timestamp) {
    retransmissions = Math.max(retransmissions, 0) + 1;
    if (!stamped) {
      stamped = true;
      stamp = timestamp;
    }
  }

  /** The peer reported that it got a range twice; whether it was sent again in this recovery. */
  boolean duplicate(int end, int segments) {
    if (!armed || retransmissions <= 0 || !Seq.gt(end, marker)) {
      return false;
    }
    retransmissions = Math.max(retransmissions - segments, 0);
    return true;
  }

  /** Whether all that was sent again came twice. */
  boolean isAllDuplicate() {
    return armed && retransmissions == 0;
  }

  /** RFC 3522 section 3.2: the ACK echoes a timestamp from before the first retransmission. */
  boolean isForOriginal(boolean hasEcho, int echo) {
    return armed && stamped && hasEcho && echo != 0 && echo - stamp < 0;
  }
}
