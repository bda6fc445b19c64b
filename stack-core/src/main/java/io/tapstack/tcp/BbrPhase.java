package io.tapstack.tcp;

/**
 * The states of BBR, draft-ietf-ccwg-bbr section 4.3, with how fast (a factor on the estimated
 * bandwidth) and how full (a factor on the estimated bandwidth-delay product) each sends.
 */
enum BbrPhase {
  /** Twice as much in each round trip, until the bandwidth stops growing. */
  STARTUP(2.77, 2),
  /** What startup queued drains. */
  DRAIN(0.5, 2),
  /** Somewhat slower than the path, until the queue is empty and there is room for others. */
  PROBE_BW_DOWN(0.9, 2),
  /** As fast as the path, with headroom for others. */
  PROBE_BW_CRUISE(1, 2),
  /** As fast as the path without headroom, so that what follows is not blamed on us. */
  PROBE_BW_REFILL(1, 2),
  /** Faster than the path, to find out whether it has become faster. */
  PROBE_BW_UP(1.25, 2.25),
  /** With hardly anything in flight, to see the path's round trip without a queue. */
  PROBE_RTT(1, 0.5);

  final double pacingGain;
  final double cwndGain;

  BbrPhase(double pacingGain, double cwndGain) {
    this.pacingGain = pacingGain;
    this.cwndGain = cwndGain;
  }

  /** Whether it is one of the four that cycle once startup is over. */
  boolean isProbeBw() {
    return ordinal() >= PROBE_BW_DOWN.ordinal() && ordinal() <= PROBE_BW_UP.ordinal();
  }

  /** Whether it sends more than is known to be safe, so that losses are no surprise. */
  boolean isProbing() {
    return this == STARTUP || this == PROBE_BW_REFILL || this == PROBE_BW_UP;
  }
}
