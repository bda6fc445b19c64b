package io.tapstack.tcp;

/** Round trips, counted by what is delivered: draft-ietf-ccwg-bbr section 5.5.1. */
final class BbrRound {
  private long end;
  private long count;
  private boolean start;
  private long delivered;

  /** How many have begun. */
  long count() {
    return count;
  }

  /** Whether the last ACK began one. */
  boolean isStart() {
    return start;
  }

  void acked(AckSample sample) {
    delivered = sample.totalDelivered();
    start = sample.priorDelivered() >= end;
    if (start) {
      begin();
      count++;
    }
  }

  /** A round begins with what is sent now, because something else begins. */
  void begin() {
    end = delivered;
  }
}
