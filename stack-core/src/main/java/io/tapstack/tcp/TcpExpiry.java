package io.tapstack.tcp;

import io.tapstack.base.Result;

/** What happens when a connection's timers expire: RFC 9293 section 3.10.8 and RFC 6298. */
final class TcpExpiry {
  /** R1 of RFC 9293 section 3.8.3, SHLD-9: at least 3 retransmissions; MUST-22: SYNs as well. */
  static final int R1 = 3;

  /** A timer that is due sooner would be due in the turn that sets it. */
  private static final long SHORTEST = 1_000_000;

  private final Tcp tcp;

  TcpExpiry(Tcp tcp) {
    this.tcp = tcp;
  }

  void expired(TcpConnection c, int kind) {
    switch (kind) {
      case TcpTimers.RETRANSMIT -> retransmit(c);
      case TcpTimers.DELAYED_ACK -> delayedAck(c);
      case TcpTimers.PERSIST -> persist(c);
      case TcpTimers.KEEP_ALIVE -> keepAlive(c);
      case TcpTimers.REORDERING -> {
        c.recovery.reorderingExpired(tcp.time.now());
        tcp.sender.send(c);
      }
      case TcpTimers.LOSS_PROBE -> tcp.sender.probeTail(c);
      case TcpTimers.PACE -> tcp.sender.send(c);
      case TcpTimers.LINGER -> tcp.end(c, Result.CLOSED);
      default -> throw new AssertionError("no timer is called " + kind);
    }
  }

  private void delayedAck(TcpConnection c) {
    tcp.counters.delayedAcks++;
    tcp.output.sendAck(c);
  }

  // ---- RFC 6298 (5.4) to (5.7) ----

  private void retransmit(TcpConnection c) {
    long now = tcp.time.now();
    if (c.retransmissions == 0) {
      c.retransmittingSince = now - c.rtt.rto();
    }
    boolean triedAgain = c.retransmissions > 0 || c.userTimeout == 0;
    if (triedAgain && now - c.retransmittingSince >= limit(c)) {
      giveUp(c);
      return;
    }
    if (c.state.sendsData() && c.path.timedOut()) {
      c.timers.set(TcpTimers.RETRANSMIT, now + c.rtt.rto());
      return;
    }
    boolean first = c.retransmissions++ == 0;
    tcp.counters.timeouts++;
    c.timeouts++;
    c.retransmitTimestamp = tcp.output.timestamp(c);
    c.rtt.backOff();
    if (c.retransmissions >= R1) {
      tcp.suspectNextHop(c); // MUST-20 (a)
      c.noAnswer(); // SHLD-9
    }
    if (!c.state.sendsData()) {
      tcp.output.sendSyn(c);
    } else {
      if (c.retransmissions >= R1) {
        c.path.timedOutOften();
      }
      c.recovery.timedOut(now, first);
      tcp.sender.retransmitFirst(c); // SHLD-16: whatever the window, whose size the answer tells
      tcp.sender.send(c);
    }
    c.timers.set(TcpTimers.RETRANSMIT, notAfterUserTimeout(c, c.retransmittingSince, c.rtt.rto()));
  }

  /**
   * When the next attempt is due; if it would come too late, when patience is over, as in Linux.
   */
  private long notAfterUserTimeout(TcpConnection c, long since, long interval) {
    long now = tcp.time.now();
    long next = now + interval;
    return c.userTimeout > 0
        ? Math.max(Math.min(next, since + c.userTimeout), now + SHORTEST)
        : next;
  }

  /** R2 of RFC 9293 section 3.8.3. */
  private long limit(TcpConnection c) {
    if (c.userTimeout > 0) {
      return c.userTimeout; // MUST-21, MUST-22
    }
    return switch (c.state) {
      case SYN_SENT, SYN_RECEIVED -> tcp.config.synTimeoutNanos();
      default -> tcp.config.retransmitTimeoutNanos();
    };
  }

  private void giveUp(TcpConnection c) {
    if (c.state == TcpState.SYN_SENT || c.state == TcpState.SYN_RECEIVED) {
      tcp.counters.attemptFails++;
    }
    Result soft = c.softError;
    if (c.state != TcpState.SYN_SENT) {
      tcp.output.sendReset(c);
    }
    tcp.end(c, soft != null ? soft : Result.TIMED_OUT);
  }

  // ---- RFC 9293 section 3.8.6.1 ----

  private void persist(TcpConnection c) {
    if (!c.state.sendsData()) {
      return;
    }
    long now = tcp.time.now();
    long patience = c.applicationClosed ? tcp.config.orphanNanos() : limit(c);
    if (now - c.probingSince >= patience) {
      if (c.applicationClosed) {
        tcp.counters.orphansAborted++;
      }
      tcp.output.sendReset(c);
      tcp.end(c, Result.TIMED_OUT);
      return;
    }
    if (c.sndWnd > c.sndNxt - c.sndUna && c.sndNxt == c.sndMax) {
      // The window is open but small: the override timeout of silly window avoidance.
      tcp.sender.sendOverriding(c);
      if (c.hasOutstanding()) {
        c.probes = 0;
        c.timers.set(TcpTimers.RETRANSMIT, now + c.rtt.rto());
        return;
      }
    } else {
      tcp.sender.probeZeroWindow(c);
    }
    c.probes++;
    // SHLD-30: the interval doubles
    long interval = c.rtt.rto() << Math.min(c.probes, 10);
    long next = Math.min(interval, tcp.config.maxRtoNanos());
    c.timers.set(TcpTimers.PERSIST, notAfterUserTimeout(c, c.probingSince, next));
  }

  // ---- RFC 9293 section 3.8.4 ----

  private void keepAlive(TcpConnection c) {
    KeepAlive settings = c.keepAlive;
    if (settings == null) {
      return;
    }
    long now = tcp.time.now();
    long idleUntil = c.lastReceiveTime + settings.idle;
    // MUST-26: only when nothing came for the whole interval, and nothing is outstanding
    if (now < idleUntil) {
      c.timers.set(TcpTimers.KEEP_ALIVE, idleUntil);
      return;
    }
    if (c.hasOutstanding()) {
      c.timers.set(TcpTimers.KEEP_ALIVE, now + settings.interval);
      return;
    }
    boolean over =
        c.userTimeout > 0
            ? settings.unanswered > 0 && now - c.lastReceiveTime >= c.userTimeout
            : settings.unanswered >= settings.limit;
    if (over) {
      tcp.output.sendReset(c);
      tcp.end(c, Result.TIMED_OUT);
      return;
    }
    settings.unanswered++;
    tcp.output.sendKeepAlive(c);
    c.timers.set(TcpTimers.KEEP_ALIVE, now + settings.interval);
  }
}
