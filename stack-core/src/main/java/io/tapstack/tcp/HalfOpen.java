package io.tapstack.tcp;

import io.tapstack.base.Timer;
import org.jspecify.annotations.Nullable;

/**
 * SYN-RECEIVED after a passive open, as a record: what the peer's SYN said and our SYN-ACK
 * answered. It becomes a connection when the peer proves by its ACK that it is where it says. All
 * but the links and the repetitions stays as it was made.
 */
final class HalfOpen extends Flow {
  final TcpListener listener;
  final int irs;
  final int iss;

  /** The MSS option, or -1. */
  final int peerMss;

  /** The window scale option, or -1. */
  final int peerScale;

  /** Whether both sides agreed to SACK. */
  final boolean sack;

  /** Whether both sides agreed to timestamps. */
  final boolean timestamps;

  final int timestampOffset;

  /** Whether our SYN-ACK grants ECN (RFC 3168). */
  final boolean ecn;

  /** The SYN came again without asking for ECN: its sender gave it up. */
  boolean ecnGivenUp;

  /** The window that our SYN-ACK advertised, not scaled. */
  final int rcvWnd;

  /** Whether this is not remembered but was told by the peer's ACK: {@link SynCookies}. */
  final boolean fromCookie;

  int tsRecent;
  long tsRecentTime;
  long sentTime;

  /** How often the timer has repeated the SYN-ACK. */
  int retransmissions;

  @Nullable Timer timer;
  @Nullable HalfOpen older;
  @Nullable HalfOpen newer;

  HalfOpen(
      TcpListener listener,
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort,
      SynOptions options,
      int irs,
      int iss,
      int timestampOffset,
      int rcvWnd,
      boolean fromCookie) {
    super(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
    this.listener = listener;
    this.irs = irs;
    this.iss = iss;
    this.timestampOffset = timestampOffset;
    this.rcvWnd = rcvWnd;
    this.fromCookie = fromCookie;
    peerMss = options.mss;
    peerScale = options.scale;
    sack = options.sack;
    timestamps = options.timestamps;
    ecn = options.ecn;
  }

  int rcvNxt() {
    return irs + 1;
  }

  int sndNxt() {
    return iss + 1;
  }
}
