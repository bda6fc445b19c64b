package io.tapstack.tcp;

/**
 * How fast the path delivers: the state of a connection from which delivery rate samples are taken
 * (draft-ietf-ccwg-bbr section 4.1, "delivery rate sampling"). A sample tells what was delivered
 * between the sending of a segment and its acknowledgment, and divides it by the longer of the
 * times that sending and acknowledging took, so that neither compressed ACKs nor bursts deceive.
 */
final class RateSampler {
  private long delivered;
  private long deliveredTime;
  private long firstSentTime;
  private long lost;

  /** Samples are limited by the application until this much was delivered; 0 if they are not. */
  private long appLimitedUntil;

  // The sample that is being taken.
  private long priorDelivered;
  private long priorTime;
  private long sendElapsed;
  private long priorLost;
  private int txInFlight;
  private boolean sampleAppLimited;

  // The last valid one.
  private long lastRate;
  private boolean lastAppLimited;

  /** All that was delivered, in bytes. */
  long delivered() {
    return delivered;
  }

  /** When it was delivered. */
  long deliveredTime() {
    return deliveredTime;
  }

  long firstSentTime() {
    return firstSentTime;
  }

  /** All that was ever marked lost, in bytes. */
  long lost() {
    return lost;
  }

  boolean isAppLimited() {
    return appLimitedUntil != 0;
  }

  /** The last valid rate in bytes per second; 0 if there was none. */
  long lastRate() {
    return lastRate;
  }

  boolean isLastRateAppLimited() {
    return lastAppLimited;
  }

  /** Something is about to be sent while nothing is in flight: a new flight begins. */
  void flightBegins(long now) {
    firstSentTime = now;
    deliveredTime = now;
  }

  /** The application has nothing more to send, though it might. */
  void applicationLimits(int inFlight) {
    appLimitedUntil = Math.max(delivered + inFlight, 1);
  }

  void lost(int bytes) {
    lost += bytes;
  }

  /** An ACK arrived. */
  void begin() {
    priorDelivered = -1;
    priorTime = 0;
    sendElapsed = 0;
    sampleAppLimited = false;
    txInFlight = 0;
    priorLost = 0;
  }

  /** The ACK says that bytes of a record were delivered. */
  void delivered(SentQueue sent, int slot, int bytes, long now) {
    delivered += bytes;
    deliveredTime = now;
    // The segment that left last of those delivered tells most.
    if (sent.delivered(slot) >= priorDelivered) {
      priorDelivered = sent.delivered(slot);
      priorTime = sent.deliveredTime(slot);
      sampleAppLimited = sent.has(slot, SentQueue.APP_LIMITED);
      sendElapsed = sent.sentTime(slot) - sent.firstSentTime(slot);
      priorLost = sent.lostAtSend(slot);
      txInFlight = sent.inFlightAtSend(slot);
      firstSentTime = sent.sentTime(slot);
    }
  }

  /** Bytes were delivered by what a duplicate ACK without SACK tells, which names no segment. */
  void delivered(int bytes, long now) {
    delivered += bytes;
    deliveredTime = now;
  }

  /** Fills in what the ACK told. */
  void finish(AckSample sample, long minRtt, long now) {
    if (appLimitedUntil != 0 && delivered > appLimitedUntil) {
      appLimitedUntil = 0;
    }
    sample.totalDelivered = delivered;
    sample.totalLost = lost;
    sample.priorDelivered = priorDelivered;
    sample.priorLost = priorLost;
    sample.txInFlight = txInFlight;
    sample.appLimited = sampleAppLimited;
    sample.rateDelivered = 0;
    sample.rateInterval = -1;
    if (priorDelivered < 0) {
      return;
    }
    long interval = Math.max(sendElapsed, now - priorTime);
    sample.rateDelivered = delivered - priorDelivered;
    // Shorter than any round trip: the ACK was for a retransmission's original.
    if (interval > 0 && interval >= minRtt) {
      sample.rateInterval = interval;
      lastRate = sample.deliveryRate();
      lastAppLimited = sampleAppLimited;
    }
  }
}
