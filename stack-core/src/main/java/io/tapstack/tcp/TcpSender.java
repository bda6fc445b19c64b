package io.tapstack.tcp;

import io.tapstack.tcp.SendLimits.Limit;
import io.tapstack.tcp.TcpInfo.CongestionState;
import io.tapstack.wire.TcpHeader;

/**
 * Decides what a connection may send: what is lost first, then new data as windows, Nagle's
 * algorithm and silly window avoidance allow; probes of a shut window and of a lost tail.
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
    c.path.refresh();
    setPace(c);
    boolean byCwnd = !retransmitLost(c);
    if (!byCwnd) {
      byCwnd = sendNew(c, override);
    }
    byCwnd |= c.recovery.room() < c.sndMss && !c.recovery.sent.isEmpty();
    c.sendLimits.sent(c, byCwnd);
    armSendTimers(c);
  }

  // ---- what is lost ----

  /** Sends lost segments again; false if the congestion window holds some back. */
  private boolean retransmitLost(TcpConnection c) {
    LossRecovery recovery = c.recovery;
    SentQueue sent = recovery.sent;
    for (int slot; (slot = recovery.nextToRetransmit()) != SentQueue.NONE; ) {
      int length = sent.length(slot);
      if (length > recovery.room() && recovery.inFlight() > 0) {
        return false;
      }
      if (waitsForPacer(c)) {
        return true;
      }
      // MAY-7: beyond the window only the first segment, which the peer needs to go on.
      int window = c.sndUna + c.sndWnd - sent.start(slot);
      if (window < Math.min(length, c.sndMss) && slot != sent.first()) {
        return true;
      }
      retransmit(c, slot);
    }
    return true;
  }

  /** Sends the first unacknowledged segment again, whatever the windows are. */
  void retransmitFirst(TcpConnection c) {
    int first = c.recovery.sent.first();
    if (first != SentQueue.NONE) {
      retransmit(c, first);
    }
  }

  /** A record is cut if the MSS or the window (SHLD-16) became too small for all of it. */
  private void retransmit(TcpConnection c, int slot) {
    SentQueue sent = c.recovery.sent;
    int from = sent.start(slot);
    int most = c.sndMss;
    int window = c.sndUna + c.sndWnd - from;
    if (window > 0) {
      most = Math.min(most, window);
    }
    int record = slot;
    if (sent.length(slot) > most) {
      sent.split(slot, from + most);
      record = sent.firstFrom(from);
    }
    c.recovery.sentAgain(record, tcp.time.now(), tcp.output.timestamp(c));
    c.totalRetransmissions++;
    emit(c, from, sent.length(record));
  }

  /** Sends a range: data, and the FIN if it is in the range. */
  private void emit(TcpConnection c, int from, int length) {
    long position = c.positionOf(from);
    long end = end(c);
    int data = (int) Math.max(Math.min(end - position, length), 0);
    boolean fin = c.finQueued && position + data == c.finPosition && data < length;
    boolean last = data > 0 && position + data == end;
    int flags = TcpHeader.ACK | (last ? TcpHeader.PSH : 0) | (fin ? TcpHeader.FIN : 0);
    c.pacer.onSent(data, tcp.time.now());
    tcp.output.emitData(c, from, data, flags);
  }

  private static long end(TcpConnection c) {
    return c.finQueued ? c.finPosition : c.sendRing.tail();
  }

  // ---- new data ----

  /** Whether a segment of new data could be sent but for the congestion window. */
  boolean hasNewData(TcpConnection c) {
    int outstanding = c.sndNxt - c.sndUna;
    int queued = (int) (end(c) - c.positionOf(c.sndNxt));
    int length = Math.min(Math.min(queued, c.sndMss), c.sndWnd - outstanding);
    return length > 0 && isWorthSending(c, length, queued, outstanding);
  }

  /** Sends new data; true if the congestion window holds some back. */
  private boolean sendNew(TcpConnection c, boolean override) {
    LossRecovery recovery = c.recovery;
    long end = end(c);
    boolean small = override;
    while (!recovery.sent.isFull()) {
      int queued = (int) (end - c.positionOf(c.sndNxt));
      boolean finLeft = c.finQueued && queued >= 0;
      if (queued <= 0 && !finLeft) {
        limitedByData(c);
        applicationLimits(c);
        return false;
      }
      int outstanding = c.sndNxt - c.sndUna;
      int usable = c.sndWnd - outstanding;
      if (usable <= 0) {
        limited(c, Limit.RECEIVE_WINDOW);
        return false;
      }
      int probe = c.path.probeLength(queued, usable);
      int length = probe > 0 ? probe : Math.max(Math.min(Math.min(queued, c.sndMss), usable), 0);
      if (!c.hasOutstanding()) {
        restartAfterIdle(c);
      }
      if (length > recovery.room() && recovery.inFlight() > 0) {
        limited(c, Limit.BUSY);
        return true;
      }
      // FIN takes room in the peer's window; the congestion window counts what loads the network.
      boolean fin = finLeft && length == queued && outstanding + length < c.sndWnd;
      if (!small && !fin && probe == 0 && !isWorthSending(c, length, queued, outstanding)) {
        if (length < Math.min(queued, c.sndMss)) {
          limited(c, Limit.RECEIVE_WINDOW);
        } else {
          limitedByData(c); // Nagle's algorithm waits for more
        }
        if (queued < c.sndMss) {
          applicationLimits(c); // less than a segment is left, which Nagle's algorithm holds back
        }
        return false;
      }
      if (!small && waitsForPacer(c)) {
        limited(c, Limit.BUSY);
        return false;
      }
      small = false;
      if (probe > 0) {
        c.path.probes(c.sndNxt, probe);
      }
      sendSegment(c, length, fin);
    }
    limited(c, Limit.BUSY);
    return false;
  }

  private void limitedByData(TcpConnection c) {
    boolean writerWaits = c.sendRing.isWriterWaiting();
    limited(c, writerWaits ? Limit.SEND_BUFFER : Limit.BUSY);
    if (writerWaits) {
      growBuffer(c);
    }
  }

  /**
   * The application's data is all in flight and the buffer has no room for more, though the
   * congestion window has: the buffer doubles while it is less than two windows, which is what slow
   * start needs to go on (as Linux's tcp_sndbuf_expand).
   */
  private void growBuffer(TcpConnection c) {
    int size = c.sendRing.limit();
    boolean wanted = c.recovery.room() > 0 && size < 2L * c.recovery.cwnd();
    if (!wanted || c.sendBufferFixed || size >= tcp.config.maxSendBuffer()) {
      return;
    }
    if (!tcp.ringMemory.mayGrowTo(2 * size)) {
      tcp.counters.sendBuffersFrozen++;
    } else if (c.sendRing.limit(2 * size)) {
      c.events.changed(TcpEvents.WRITABLE);
    }
  }

  private void sendSegment(TcpConnection c, int length, boolean fin) {
    int to = c.sndNxt + length + (fin ? 1 : 0);
    c.recovery.sentNew(c.sndNxt, to, tcp.time.now());
    emit(c, c.sndNxt, to - c.sndNxt);
    c.timers.clear(TcpTimers.PERSIST);
    c.sndNxt = to;
    c.sndMax = Seq.max(c.sndMax, to);
    if (c.recovery.probe.isOutstanding()) {
      return;
    }
    c.timers.clear(TcpTimers.LOSS_PROBE); // set anew, from this transmission on
  }

  private void limited(TcpConnection c, Limit why) {
    boolean idle = why != Limit.RECEIVE_WINDOW && !c.hasOutstanding();
    c.sendLimits.stopped(idle ? Limit.IDLE : why, tcp.time.now());
  }

  /** The path could carry more than the application gives. */
  private static void applicationLimits(TcpConnection c) {
    LossRecovery recovery = c.recovery;
    if (recovery.room() > 0 && recovery.sent.nextToRetransmit() == SentQueue.NONE) {
      recovery.rate.applicationLimits(recovery.inFlight());
    }
  }

  private void restartAfterIdle(TcpConnection c) {
    long idle = tcp.time.now() - c.lastSendTime;
    if (idle > c.rtt.rto() && tcp.config.slowStartAfterIdle()) {
      c.congestion.restarted(idle, c.rtt.rto(), tcp.time.now()); // RFC 5681 section 4.1
    }
  }

  /** Silly window avoidance, MUST-38, and Nagle's algorithm, MUST-17. */
  private static boolean isWorthSending(TcpConnection c, int length, int queued, int outstanding) {
    return length == c.sndMss
        || Seq.lt(c.sndNxt, c.sndMax) // a probe of the shut window sent some of it
        || length == queued && (c.noDelay || outstanding == 0)
        || length >= Math.max(c.maxSndWnd / 2, 1);
  }

  // ---- pacing ----

  private void setPace(TcpConnection c) {
    long rate = c.congestion.pacingRate();
    if (rate == 0 && (tcp.config.pacing() || c.maxPacingRate != Long.MAX_VALUE)) {
      LossRecovery recovery = c.recovery;
      int window = Math.max(recovery.cwnd(), recovery.inFlight());
      rate = Pacer.rate(window, c.congestion.ssthresh(), c.rtt.srtt());
      rate = rate == 0 && c.maxPacingRate != Long.MAX_VALUE ? c.maxPacingRate : rate;
    }
    c.pacer.rate(Math.min(rate, c.maxPacingRate), c.sndMss);
  }

  /** Whether it is too early for another segment; if so, the pacer's timer is set. */
  private boolean waitsForPacer(TcpConnection c) {
    long now = tcp.time.now();
    long at = c.pacer.delayUntil(now);
    if (at <= now) {
      c.timers.clear(TcpTimers.PACE);
      return false;
    }
    c.timers.set(TcpTimers.PACE, at);
    return true;
  }

  // ---- timers ----

  private void armSendTimers(TcpConnection c) {
    long now = tcp.time.now();
    if (c.hasOutstanding() && !c.timers.isSet(TcpTimers.PERSIST)) {
      if (!c.timers.isSet(TcpTimers.RETRANSMIT)) {
        c.timers.set(TcpTimers.RETRANSMIT, now + c.rtt.rto());
      }
      if (!c.timers.isSet(TcpTimers.LOSS_PROBE)) {
        scheduleProbe(c);
      }
      return;
    }
    c.timers.clear(TcpTimers.LOSS_PROBE);
    boolean left = c.positionOf(c.sndNxt) < end(c) + (c.finQueued ? 1 : 0);
    if (!left) {
      c.timers.clear(TcpTimers.PERSIST);
      c.probes = 0;
    } else if (!c.timers.isSet(TcpTimers.PERSIST)
        && !c.timers.isSet(TcpTimers.RETRANSMIT)
        && !c.timers.isSet(TcpTimers.PACE)) {
      startPersist(c);
    }
  }

  // ---- tail loss probes, RFC 8985 section 7 ----

  /** Section 7.2: from the last transmission or acknowledgment on, and never beyond the RTO. */
  void scheduleProbe(TcpConnection c) {
    LossRecovery recovery = c.recovery;
    boolean quiet =
        recovery.state() == CongestionState.OPEN || recovery.state() == CongestionState.CWR;
    if (!tcp.config.tailLossProbe()
        || !c.sack
        || !quiet
        || recovery.probe.isOutstanding()
        || recovery.sent.isEmpty()
        || recovery.sent.sackedSegments() > 0
        || c.retransmissions > 0) {
      c.timers.clear(TcpTimers.LOSS_PROBE);
      return;
    }
    long timeout = TailLossProbe.timeout(c.rtt.srtt(), recovery.sent.segments());
    long deadline = Math.min(tcp.time.now() + timeout, c.timers.deadline(TcpTimers.RETRANSMIT));
    c.timers.set(TcpTimers.LOSS_PROBE, deadline);
  }

  /** Section 7.3: new data if there is some, or else the last segment again. */
  void probeTail(TcpConnection c) {
    LossRecovery recovery = c.recovery;
    SentQueue sent = recovery.sent;
    if (!c.state.sendsData() || sent.isEmpty() || recovery.probe.isOutstanding()) {
      return;
    }
    int queued = (int) Math.min(end(c) - c.positionOf(c.sndNxt), c.sndMss);
    int usable = c.sndWnd - (c.sndNxt - c.sndUna);
    boolean fresh = queued > 0 && usable >= queued && !sent.isFull();
    if (fresh) {
      boolean fin = c.finQueued && c.positionOf(c.sndNxt) + queued == c.finPosition;
      fin &= usable > queued;
      recovery.probe.sent(c.sndNxt + queued + (fin ? 1 : 0), false);
      sendSegment(c, queued, fin);
    } else {
      recovery.probe.sent(c.sndNxt, true);
      retransmit(c, sent.last());
    }
    tcp.counters.lossProbes++;
    c.timers.clear(TcpTimers.LOSS_PROBE);
    c.timers.set(TcpTimers.RETRANSMIT, tcp.time.now() + c.rtt.rto());
  }

  // ---- probes of a shut window ----

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
    long end = end(c);
    int length = position < end ? 1 : 0;
    boolean fin = c.finQueued && position + length == end;
    tcp.counters.zeroWindowProbes++;
    tcp.output.emitData(c, c.sndUna, length, fin ? TcpHeader.ACK | TcpHeader.FIN : TcpHeader.ACK);
    c.sndMax = Seq.max(c.sndMax, c.sndUna + length + (fin ? 1 : 0));
  }
}
