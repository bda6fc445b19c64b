package io.tapstack.tcp;

import io.tapstack.base.SipHash;

/**
 * Initial sequence numbers, RFC 6528 section 3: ISN = M + F(4-tuple, secret), where M ticks every 4
 * microseconds (here 4.096) and F is SipHash under a key drawn when the stack began. A pure
 * function of its arguments: nothing is carried from one packet to another.
 */
final class IsnGenerator {
  private static final int TICK_SHIFT = 12;

  private final SipHash hash;

  IsnGenerator(SipHash hash) {
    this.hash = hash;
  }

  int isn(
      long now,
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    long ports = (long) localPort << 16 | remotePort;
    return (int) (now >> TICK_SHIFT)
        + (int) hash.hash(localHigh, localLow, remoteHigh, remoteLow, ports);
  }

  /** A connection's offset for the timestamp clock, RFC 7323 section 7.1. */
  int timestampOffset(
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    long ports = 1L << 48 | (long) localPort << 16 | remotePort;
    return (int) hash.hash(localHigh, localLow, remoteHigh, remoteLow, ports);
  }

  /** A connection's number for what must not happen to all of them at once. */
  long seed(
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    long ports = 1L << 49 | (long) localPort << 16 | remotePort;
    return hash.hash(localHigh, localLow, remoteHigh, remoteLow, ports);
  }
}
