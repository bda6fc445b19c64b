package io.tapstack.tcp;

import io.tapstack.wire.TcpHeader;

/**
 * Decides what a connection may send: windows, Nagle's algorithm, silly window avoidance, probes of
 * a shut window and retransmissions.
 */
final class TcpSender {
  /** RFC 9293 section 3.8.6.2.1: the override timeout is in the range 0.1 to 1.0 seconds. */
  private static final long MIN_OVERRIDE = 200_000_000;

  private static final long MAX_OVERRIDE = 1_000_000_000;

  private final Tcp tcp;

  TcpSender(Tcp tcp) {
    this.tcp = tcp;
  }

  /** Sends what windows, Nagle's algorithm and silly window avoidance allow. */
  void send(TcpConnection c) {
    send(c, false);
  }

  /** Sends even a small segment: the override timeout of RFC 9293 section 3.8.6.2.1 (d). */
  void sendOverriding(TcpConnection c) {
    send(c, true);
  }

  private void send(TcpConnection c, boolean override) {
    if (!c.state.sendsData()) {
      return;
    }
    long now = tcp.time.now();
    if (!c.hasOutstanding() && now - c.lastSendTime > c.rtt.rto()) {
      c.congestion.restarted(now - c.lastSendTime, c.rtt.rto(), now); // RFC 5681 section 4.1
    }
    long end = c.finQueued ? c.finPosition : c.sendRing.tail();
    if (c.recovery.isRecovering() && c.recovery instanceof SackRecovery recovery) {
      retransmitHoles(c, recovery, end);
    }
    boolean small = override;
    while (true) {
      c.sndNxt = c.recovery.nextToSend(c.sndNxt);
      long position = c.positionOf(c.sndNxt);
      int queued = (int) (end - position);
      boolean finLeft = c.finQueued && queued >= 0;
      if (queued <= 0 && !finLeft) {
        break;
      }
      int inFlight = c.sndNxt - c.sndUna;
      int usable = Math.min(c.sndWnd - inFlight, c.recovery.room(c.sndUna, c.sndNxt));
      if (usable <= 0) {
        break;
      }
      int length = Math.max(Math.min(Math.min(queued, c.sndMss), usable), 0);
      // FIN takes room in the peer's window; the congestion window counts what loads the network.
      boolean fin = finLeft && length == queued && inFlight + length < c.sndWnd;
      if (!small && !fin && !isWorthSending(c, length, queued, inFlight)) {
        break;
      }
      small = false;
      boolean last = length == queued;
      int flags = TcpHeader.ACK | (last && length > 0 ? TcpHeader.PSH : 0);
      tcp.output.emitData(c, c.sndNxt, length, fin ? flags | TcpHeader.FIN : flags);
      c.timers.clear(TcpTimers.PERSIST);
      c.sndNxt += length + (fin ? 1 : 0);
      if (Seq.gt(c.sndNxt, c.sndMax)) {
        c.sndMax = c.sndNxt;
      }
    }
    armSendTimers(c, end);
  }

  /** Silly window avoidance, MUST-38, and Nagle's algorithm, MUST-17. */
  private static boolean isWorthSending(TcpConnection c, int length, int queued, int inFlight) {
    return length == c.sndMss
        || Seq.lt(c.sndNxt, c.sndMax) // a retransmission: it was worth it before
        || length == queued && (c.noDelay || inFlight == 0)
        || length >= Math.max(c.maxSndWnd / 2, 1);
  }

  private void armSendTimers(TcpConnection c, long end) {
    if (c.hasOutstanding() && !c.timers.isSet(TcpTimers.PERSIST)) {
      if (!c.timers.isSet(TcpTimers.RETRANSMIT)) {
        c.timers.set(TcpTimers.RETRANSMIT, tcp.time.now() + c.rtt.rto());
      }
      return;
    }
    boolean left = c.positionOf(c.sndNxt) < end + (c.finQueued ? 1 : 0);
    if (!left) {
      c.timers.clear(TcpTimers.PERSIST);
      c.probes = 0;
    } else if (!c.timers.isSet(TcpTimers.PERSIST) && !c.timers.isSet(TcpTimers.RETRANSMIT)) {
      startPersist(c);
    }
  }

  /**
   * SHLD-29: the first probe comes one RTO after the window closed. A window that is open, but too
   * small for silly window avoidance, is used after the override timeout of MUST-38 (d).
   */
  private void startPersist(TcpConnection c) {
    c.probes = 0;
    c.probingSince = tcp.time.now();
    long wait = Math.max(c.rtt.rto(), MIN_OVERRIDE);
    c.timers.set(
        TcpTimers.PERSIST, tcp.time.now() + (c.sndWnd == 0 ? wait : Math.min(wait, MAX_OVERRIDE)));
  }

  /** Sends one octet, or the FIN, beyond a closed window (RFC 9293 section 3.8.6.1). */
  void probeZeroWindow(TcpConnection c) {
    long position = c.positionOf(c.sndUna);
    long end = c.finQueued ? c.finPosition : c.sendRing.tail();
    int length = position < end ? 1 : 0;
    boolean fin = c.finQueued && position + length == end;
    tcp.counters.zeroWindowProbes++;
    tcp.output.emitData(c, c.sndUna, length, fin ? TcpHeader.ACK | TcpHeader.FIN : TcpHeader.ACK);
    c.sndMax = Seq.max(c.sndMax, c.sndUna + length + (fin ? 1 : 0));
  }

  /** Repairs what the scoreboard says is lost, as far as the congestion window lets out. */
  private void retransmitHoles(TcpConnection c, SackRecovery recovery, long end) {
    boolean newData = c.positionOf(c.sndNxt) < end && c.sndWnd - (c.sndNxt - c.sndUna) >= c.sndMss;
    while (recovery.room(c.sndUna, c.sndNxt) >= c.sndMss && recovery.findHole(c.sndUna, newData)) {
      int from = recovery.holeLeft();
      int length = Math.min(recovery.holeRight() - from, c.sndMss);
      retransmit(c, from, length);
      recovery.retransmitted(from + length);
    }
  }

  /** Sends the first unacknowledged segment again. */
  void retransmit(TcpConnection c) {
    retransmit(c, c.sndUna, Math.min(c.sndMss, c.sndMax - c.sndUna));
  }

  /** Sends a range again: data, and the FIN if it is in the range. */
  private void retransmit(TcpConnection c, int from, int length) {
    long position = c.positionOf(from);
    long end = c.finQueued ? c.finPosition : c.sendRing.tail();
    int data = (int) Math.max(Math.min(end - position, length), 0);
    boolean fin = c.finQueued && position + data == c.finPosition && data < length;
    tcp.output.emitData(c, from, data, fin ? TcpHeader.ACK | TcpHeader.FIN : TcpHeader.ACK);
  }
}
