package io.tapstack.tcp;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * What TCP knows of a 4-tuple, in one of three sizes: a whole connection, or the few numbers that
 * are needed before it is one ({@link HalfOpen}) and after ({@link TimeWait}). All are found by one
 * look into the {@link ConnectionTable}, whose chains run through them.
 */
abstract sealed class Flow permits TcpConnection, HalfOpen, TimeWait {
  final long localHigh;
  final long localLow;
  final int localPort;
  final long remoteHigh;
  final long remoteLow;
  final int remotePort;
  int hashCode;
  @Nullable Flow nextInBucket;

  /** When a segment without data that is not acceptable was answered last. */
  long lastInvalidAckTime = Long.MIN_VALUE;

  Flow(
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    this.localHigh = localHigh;
    this.localLow = localLow;
    this.localPort = localPort;
    this.remoteHigh = remoteHigh;
    this.remoteLow = remoteLow;
    this.remotePort = remotePort;
  }

  final boolean isV4() {
    return IpAddress.isV4(localHigh, localLow);
  }
}
