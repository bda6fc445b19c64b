package io.tapstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What is left of a connection in TIME-WAIT, or in FIN-WAIT-2 once the application has closed it:
 * the numbers that an answer needs. The memory of the connection goes back.
 */
final class TimeWait extends Flow {
  /**
   * How far a new incarnation begins beyond the last: more than an unscaled window, as in Linux.
   */
  private static final int REINCARNATION_STEP = 65_537;

  /** FIN_WAIT_2, TIME_WAIT, and CLOSED when it is over; read by any thread. */
  volatile TcpState state;

  /** The connection, while its application has not closed it and wants to hear of its end. */
  @Nullable TcpConnection connection;

  final int sndNxt;

  /** The oldest ACK that RFC 5961 section 5.2 accepts. */
  final int oldestAck;

  int rcvNxt;

  /** The right edge of the largest window ever advertised. */
  final int rcvAdv;

  /** The window as the header of an ACK tells it. */
  final int window;

  final boolean timestamps;
  final int timestampOffset;
  int tsRecent;
  long tsRecentTime;

  /** When it ends. */
  long expiry;

  @Nullable TimeWait older;
  @Nullable TimeWait newer;

  TimeWait(TcpConnection c, TcpState state) {
    super(c.localHigh, c.localLow, c.localPort, c.remoteHigh, c.remoteLow, c.remotePort);
    this.state = state;
    connection = c.applicationClosed ? null : c;
    sndNxt = c.sndMax;
    oldestAck = c.sndUna - Math.max(c.maxSndWnd, 1);
    rcvNxt = c.rcvNxt;
    rcvAdv = c.rcvAdv;
    window = Math.min(Math.max(rcvAdv - rcvNxt, 0) >> Math.max(c.rcvScale, 0), 0xffff);
    timestamps = c.timestamps;
    timestampOffset = c.timestampOffset;
    tsRecent = c.tsRecent;
    tsRecentTime = c.tsRecentTime;
    lastInvalidAckTime = c.lastInvalidAckTime;
  }

  /**
   * Where the next incarnation begins. RFC 9293 section 3.6.1, MAY-2 (1): beyond all that this one
   * sent, which may have been faster than the clock of the initial sequence numbers, 244 kB/s.
   */
  int beyond(int iss) {
    return Seq.gt(iss, sndNxt) ? iss : sndNxt + REINCARNATION_STEP;
  }
}
