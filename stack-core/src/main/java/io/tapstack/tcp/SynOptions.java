package io.tapstack.tcp;

import io.tapstack.wire.TcpOptions;

/**
 * What the options of a peer's SYN and our configuration agree on. One instance serves every SYN
 * that comes to a listener.
 */
final class SynOptions {
  /** The peer's MSS, or -1. */
  int mss;

  /** The peer's window scale, or -1 if windows are not scaled. */
  int scale;

  boolean sack;
  boolean timestamps;

  /** Whether the SYN asks for ECN and gets it. */
  boolean ecn;

  void read(TcpConfig config, Segment seg) {
    TcpOptions options = seg.options;
    mss = options.mss();
    // RFC 7323 section 2.2: both sides must send the option, or neither window is scaled.
    scale = config.windowScaling() ? options.windowScale() : -1;
    sack = config.sack() && options.sackPermitted();
    timestamps = config.timestamps() && options.hasTimestamps();
    ecn = Ecn.grants(config.ecn(), seg.flags, seg.accurateEcn, seg.trafficClass);
  }

  /** What cannot be remembered is not offered: without timestamps, a cookie only holds the MSS. */
  void reduceToCookie() {
    if (!timestamps) {
      scale = -1;
      sack = false;
      ecn = false;
    }
  }
}
