package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/**
 * SEGMENT ARRIVES of RFC 9293 section 3.10.7 for the states that have a connection, in the RFC's
 * order, with the stricter checks of RFC 5961.
 */
final class TcpInput {
  /** Answers to unacceptable segments without data at most this often, so no ACK loop can form. */
  private static final long INVALID_ACK_INTERVAL = 500_000_000;

  /** RFC 7323 section 5.5: a timestamp older than 24 days says nothing. */
  private static final long PAWS_LIFETIME = 24L * 86_400 * 1_000_000_000;

  private final Tcp tcp;
  private final Segment seg;

  TcpInput(Tcp tcp, Segment segment) {
    this.tcp = tcp;
    seg = segment;
  }

  /**
   * Processes the current segment.
   *
   * @return whether the connection keeps the packet
   */
  boolean process(TcpConnection c, Packet packet) {
    c.lastReceiveTime = tcp.time.now();
    KeepAlive keepAlive = c.keepAlive;
    if (keepAlive != null) {
      keepAlive.unanswered = 0;
    }
    if (c.state == TcpState.SYN_SENT) {
      synSent(c, packet);
      return false;
    }
    boolean kept = arrives(c, packet);
    if (c.state != TcpState.CLOSED) {
      if (c.ackNow && !c.outOfOrder.isEmpty()) {
        tcp.output.sendAck(c); // RFC 5681 section 2: with data on it, it would be no duplicate ACK
      }
      tcp.output.send(c);
      if (c.ackNow) {
        tcp.output.sendAck(c);
      }
    }
    return kept;
  }

  // ---- 3.10.7.3: SYN-SENT ----

  private void synSent(TcpConnection c, Packet packet) {
    boolean ack = seg.has(TcpHeader.ACK);
    if (ack && (Seq.leq(seg.ack, c.iss) || Seq.gt(seg.ack, c.sndMax))) {
      tcp.output.replyReset(packet, c.remotePort, c.localPort, seg);
      return;
    }
    if (seg.has(TcpHeader.RST)) {
      // RFC 5961 section 3.2: in SYN-SENT a RST is believed if it acknowledges our SYN.
      if (ack) {
        tcp.counters.attemptFails++;
        tcp.end(c, Result.REFUSED);
      }
      return;
    }
    if (!seg.has(TcpHeader.SYN)) {
      return;
    }
    synchronize(c);
    if (ack) {
      c.sndUna = seg.ack;
      measure(c, seg.ack);
      c.sndWnd = seg.window; // never scaled on a SYN, RFC 7323 section 2.2
      c.maxSndWnd = c.sndWnd;
      c.sndWl1 = seg.seq;
      c.sndWl2 = seg.ack;
      established(c);
      c.ackNow = true;
      tcp.output.send(c); // data that was written meanwhile carries the ACK
      if (c.ackNow) {
        tcp.output.sendAck(c);
      }
    } else {
      // MUST-10: simultaneous open
      c.state = TcpState.SYN_RECEIVED;
      tcp.output.sendSyn(c);
      c.timers.set(TcpTimers.RETRANSMIT, tcp.time.now() + c.rtt.rto());
    }
  }

  /** Takes the peer's ISN and options from its SYN. */
  void synchronize(TcpConnection c) {
    TcpOptions options = seg.options;
    c.irs = seg.seq;
    c.rcvNxt = seg.seq + 1;
    c.rcvAdv = c.rcvNxt;
    c.lastAckSent = c.rcvNxt;
    c.sack &= options.sackPermitted();
    if (c.sack) {
      c.recovery = new SackRecovery(c.congestion, c.iss);
    }
    c.timestamps &= options.hasTimestamps();
    if (c.timestamps) {
      c.tsRecent = options.timestampValue();
      c.tsRecentTime = tcp.time.now();
    }
    // RFC 7323 section 2.2: both sides must send the option, or neither window is scaled.
    if (options.windowScale() >= 0 && c.rcvScale >= 0) {
      c.sndScale = options.windowScale();
    } else {
      c.sndScale = 0;
      c.rcvScale = -1;
    }
    // MUST-15
    int peerMss = options.mss() >= 0 ? options.mss() : c.isV4() ? 536 : 1220;
    c.sndMss = tcp.output.effectiveMss(c, peerMss);
    c.rcvMss = tcp.output.advertisedMss(c) - (c.timestamps ? 12 : 0);
  }

  private void established(TcpConnection c) {
    int mss = c.sndMss;
    int segments = tcp.config.initialWindowSegments();
    // RFC 6928 section 2; RFC 5681 section 3.1: one segment if the SYN was lost
    int initial = Math.min(segments * mss, Math.max(2 * mss, 1460 * segments));
    c.congestion.established(mss, c.retransmissions > 0 ? mss : initial);
    if (c.retransmissions > 0) {
      c.rtt.afterSynTimeout();
    }
    c.retransmissions = 0;
    c.softError = null;
    c.timers.clear(TcpTimers.RETRANSMIT);
    KeepAlive keepAlive = c.keepAlive;
    if (keepAlive != null) {
      c.timers.set(TcpTimers.KEEP_ALIVE, tcp.time.now() + keepAlive.idle);
    }
    c.state = c.finQueued ? TcpState.FIN_WAIT_1 : TcpState.ESTABLISHED;
    c.events.changed(TcpEvents.CONNECTED | TcpEvents.WRITABLE);
  }

  // ---- 3.10.7.4: all other states ----

  private boolean arrives(TcpConnection c, Packet packet) {
    boolean rst = seg.has(TcpHeader.RST);
    if (c.timestamps && seg.options.hasTimestamps() && !rst && isOldTimestamp(c)) {
      tcp.counters.pawsDrops++;
      answerInvalid(c);
      return false;
    }
    if (isHandshakeOfSimultaneousOpen(c)) {
      seg.window >>= c.sndScale; // RFC 7323 section 2.2: not scaled, since it has SYN
      seg.trimFront(packet, c.rcvNxt);
    }

    // First, the sequence number.
    if (!isAcceptable(c)) {
      if (!rst) {
        if (c.state == TcpState.TIME_WAIT && seg.has(TcpHeader.FIN)) {
          c.timers.set(TcpTimers.LINGER, tcp.time.now() + tcp.config.timeWaitNanos());
        }
        if (seg.length > 0 && Seq.leq(seg.seq + seg.length, c.rcvNxt)) {
          c.sackBlocks.duplicate(seg.seq, seg.seq + seg.length);
        }
        answerInvalid(c);
      }
      return false;
    }
    if (c.timestamps && seg.options.hasTimestamps() && !rst) {
      rememberTimestamp(c);
    }

    // Second, RST.
    if (rst) {
      reset(c);
      return false;
    }
    // Fourth, SYN: after a passive open, SYN-RECEIVED returns to LISTEN; otherwise RFC 5961 section
    // 4.2, in any synchronized state.
    if (seg.has(TcpHeader.SYN)) {
      if (c.listener != null) {
        tcp.counters.attemptFails++;
        tcp.end(c, Result.RESET);
        return false;
      }
      challenge(c);
      return false;
    }
    // Fifth, ACK.
    if (!seg.has(TcpHeader.ACK) || !acknowledge(c, packet)) {
      return false;
    }
    if (c.state == TcpState.CLOSED || c.state == TcpState.TIME_WAIT) {
      return false;
    }
    // Sixth, URG: urgent data stays in the stream (RFC 6093 section 3.2), nobody is told.
    // Seventh, the text; eighth, FIN.
    return c.state.receivesData() && text(c, packet);
  }

  private boolean isOldTimestamp(TcpConnection c) {
    return seg.options.timestampValue() - c.tsRecent < 0
        && tcp.time.now() - c.tsRecentTime < PAWS_LIFETIME;
  }

  /** RFC 7323 section 4.3 (2): not from a segment beyond a hole, nor from an older one. */
  private void rememberTimestamp(TcpConnection c) {
    if (!isOldTimestamp(c) && Seq.leq(seg.seq, c.lastAckSent)) {
      c.tsRecent = seg.options.timestampValue();
      c.tsRecentTime = tcp.time.now();
    }
  }

  /** The SYN-ACK that completes a simultaneous open repeats a SYN that is already counted. */
  private boolean isHandshakeOfSimultaneousOpen(TcpConnection c) {
    return c.state == TcpState.SYN_RECEIVED
        && c.listener == null
        && seg.has(TcpHeader.SYN)
        && seg.has(TcpHeader.ACK)
        && seg.seq == c.irs
        && seg.ack == c.sndMax;
  }

  /** The four cases of RFC 9293 section 3.10.7.4, table 6. */
  private boolean isAcceptable(TcpConnection c) {
    int window = Math.max(c.rcvAdv - c.rcvNxt, 0);
    int length = seg.sequenceLength();
    if (window == 0) {
      // With data it is a probe: its text will be cut off, its ACK counts (MUST-66).
      return seg.seq == c.rcvNxt;
    }
    if (isInside(c.rcvNxt, seg.seq, window)) {
      return true;
    }
    return length > 0 && isInside(c.rcvNxt, seg.seq + length - 1, window);
  }

  private static boolean isInside(int left, int sequence, int window) {
    int distance = sequence - left;
    return distance >= 0 && distance < window;
  }

  /** Answers a segment that is not acceptable with an ACK, but never in a loop. */
  private void answerInvalid(TcpConnection c) {
    boolean bare = seg.length == 0 || seg.has(TcpHeader.SYN);
    if (bare && !mayAnswer(c)) {
      tcp.counters.invalidAcksSuppressed++;
      return;
    }
    c.ackNow = true;
  }

  /** RFC 5961: the peer proves itself by an exact RST if it really means it. */
  private void challenge(TcpConnection c) {
    if (mayAnswer(c)) {
      tcp.counters.challengeAcks++;
      c.ackNow = true;
    } else {
      tcp.counters.invalidAcksSuppressed++;
    }
  }

  /** RFC 5961 section 7, per connection: a shared count would be a side channel (CVE-2016-5696). */
  private boolean mayAnswer(TcpConnection c) {
    long now = tcp.time.now();
    if (c.lastInvalidAckTime != Long.MIN_VALUE
        && now - c.lastInvalidAckTime < INVALID_ACK_INTERVAL) {
      return false;
    }
    c.lastInvalidAckTime = now;
    return true;
  }

  private void reset(TcpConnection c) {
    // RFC 5961 section 3.2: exactly RCV.NXT, or a challenge.
    if (seg.seq != c.rcvNxt) {
      challenge(c);
      return;
    }
    switch (c.state) {
      case SYN_RECEIVED -> {
        tcp.counters.attemptFails++;
        tcp.end(c, Result.REFUSED); // MUST-11: a passive one simply returns to LISTEN
      }
      case TIME_WAIT -> {} // RFC 1337: TIME-WAIT is not assassinated
      case CLOSING, LAST_ACK -> tcp.end(c, c.failure);
      default -> {
        tcp.counters.establishedResets++;
        tcp.end(c, Result.RESET);
      }
    }
  }

  // ---- fifth: the ACK field ----

  /** Whether processing of the segment goes on. */
  private boolean acknowledge(TcpConnection c, Packet packet) {
    if (c.state == TcpState.SYN_RECEIVED && !completeHandshake(c, packet)) {
      return false;
    }
    if (Seq.gt(seg.ack, c.sndMax)) {
      answerInvalid(c); // it acknowledges what was never sent
      return false;
    }
    // RFC 5961 section 5.2
    if (Seq.lt(seg.ack, c.sndUna - Math.max(c.maxSndWnd, 1))) {
      challenge(c);
      return false;
    }
    boolean news = Seq.gt(seg.ack, c.sndUna);
    // RFC 6675 section 2: with SACK, a duplicate ACK is one that tells of newly received data.
    boolean sacked = c.recovery.sacked(seg.options, Seq.max(seg.ack, c.sndUna), c.sndMax);
    boolean duplicate = !news && (c.sack ? sacked : isDuplicate(c));
    updateSendWindow(c);
    if (news) {
      newlyAcknowledged(c);
    } else if (duplicate
        && c.recovery.duplicateAck(seg.ack, c.sndMax, c.sndMss)
            == LossRecovery.Verdict.RETRANSMIT) {
      tcp.counters.fastRetransmits++;
      tcp.output.retransmit(c);
    }
    return afterAcknowledgment(c);
  }

  private boolean completeHandshake(TcpConnection c, Packet packet) {
    if (Seq.leq(seg.ack, c.sndUna) || Seq.gt(seg.ack, c.sndMax)) {
      tcp.output.replyReset(packet, c.remotePort, c.localPort, seg);
      return false;
    }
    TcpListener listener = c.listener;
    if (listener != null && listener.isAcceptQueueFull()) {
      tcp.counters.acceptQueueDrops++; // the SYN-ACK is repeated, and with luck there is room then
      return false;
    }
    c.sndWnd = seg.window << c.sndScale;
    c.maxSndWnd = c.sndWnd;
    c.sndWl1 = seg.seq;
    c.sndWl2 = seg.ack;
    established(c);
    if (listener != null) {
      c.listener = null;
      listener.completed(c);
    }
    return true;
  }

  /** RFC 5681 section 2: what counts as a duplicate ACK. */
  private boolean isDuplicate(TcpConnection c) {
    return seg.ack == c.sndUna
        && c.hasOutstanding()
        && seg.sequenceLength() == 0
        && seg.window << c.sndScale == c.sndWnd
        && c.sndWnd > 0;
  }

  private void updateSendWindow(TcpConnection c) {
    if (Seq.lt(seg.ack, c.sndUna)) {
      return;
    }
    if (Seq.lt(c.sndWl1, seg.seq) || c.sndWl1 == seg.seq && Seq.leq(c.sndWl2, seg.ack)) {
      int before = c.sndWnd;
      c.sndWnd = seg.window << c.sndScale;
      c.maxSndWnd = Math.max(c.maxSndWnd, c.sndWnd);
      c.sndWl1 = seg.seq;
      c.sndWl2 = seg.ack;
      if (c.sndWnd == 0 && c.retransmissions > 0 && !c.applicationClosed) {
        c.retransmittingSince = tcp.time.now(); // SHLD-17: its window shut over data in flight
      }
      if (c.timers.isSet(TcpTimers.PERSIST)) {
        if (before == 0 && c.sndWnd > 0) {
          endPersist(c);
        } else {
          c.probingSince = c.applicationClosed ? c.probingSince : tcp.time.now(); // MUST-37
        }
      }
    }
  }

  /** The window opened: what the probes sent is sent again with all the rest. */
  private void endPersist(TcpConnection c) {
    c.timers.clear(TcpTimers.PERSIST);
    c.probes = 0;
    c.sndNxt = Seq.max(c.sndUna, Seq.min(c.sndNxt, c.sndMax));
  }

  private void newlyAcknowledged(TcpConnection c) {
    int acked = seg.ack - c.sndUna;
    int flight = c.sndMax - c.sndUna;
    measure(c, seg.ack);
    c.sndUna = seg.ack;
    c.sndNxt = Seq.max(c.sndNxt, seg.ack);
    c.retransmissions = 0;
    c.softError = null;
    tcp.confirmReachable(c);
    int dataEnd = c.finQueued ? Seq.min(seg.ack, c.sequenceOf(c.finPosition)) : seg.ack;
    int bytes = dataEnd - c.sequenceOf(c.sendRing.head());
    if (bytes > 0 && c.sendRing.discard(bytes)) {
      c.events.changed(TcpEvents.WRITABLE);
    }
    if (c.recovery.newAck(seg.ack, acked, flight, c.sndMss) == LossRecovery.Verdict.RETRANSMIT) {
      tcp.output.retransmit(c);
    }
    // RFC 6298 (5.2) and (5.3)
    if (c.hasOutstanding()) {
      if (!c.timers.isSet(TcpTimers.PERSIST)) {
        c.timers.set(TcpTimers.RETRANSMIT, tcp.time.now() + c.rtt.rto());
      }
    } else {
      c.timers.clear(TcpTimers.RETRANSMIT);
    }
  }

  /** Takes a round trip from the echoed timestamp (RFC 7323 section 4) or the timed segment. */
  private void measure(TcpConnection c, int ack) {
    if (c.timestamps && seg.options.hasTimestamps() && seg.options.timestampEcho() != 0) {
      int elapsed = tcp.output.timestamp(c) - seg.options.timestampEcho();
      // Karn's rule with timestamps: an echo from before the last timeout may have waited at the
      // receiver for our retransmission, and would measure the timeout instead of the path.
      boolean ambiguous =
          c.retransmissions > 0 && seg.options.timestampEcho() - c.retransmitTimestamp < 0;
      if (elapsed >= 0 && elapsed < 1 << 30 && !ambiguous) {
        c.rtt.sample(elapsed * 1_000_000L);
        c.timing = false;
        return;
      }
    }
    if (c.timing && Seq.geq(ack, c.timedSequence)) {
      c.timing = false;
      c.rtt.sample(tcp.time.now() - c.timedSince);
    }
  }

  /** What the acknowledgment of our FIN means in each state; whether processing goes on. */
  private boolean afterAcknowledgment(TcpConnection c) {
    if (c.state == TcpState.TIME_WAIT) {
      return false;
    }
    if (!c.isFinAcknowledged()) {
      return true;
    }
    switch (c.state) {
      case FIN_WAIT_1 -> {
        c.state = TcpState.FIN_WAIT_2;
        if (c.applicationClosed) {
          c.timers.set(TcpTimers.LINGER, tcp.time.now() + tcp.config.finWait2Nanos());
        }
      }
      case CLOSING -> tcp.enterTimeWait(c);
      case LAST_ACK -> tcp.end(c, null);
      default -> {}
    }
    return true;
  }

  // ---- seventh and eighth: text and FIN ----

  private boolean text(TcpConnection c, Packet packet) {
    boolean bareFin = seg.length == 0 && seg.has(TcpHeader.FIN) && seg.seq == c.rcvNxt;
    if (seg.seq != c.rcvNxt || seg.length > 0) {
      if (Seq.lt(seg.seq, c.rcvNxt)) {
        c.ackNow = true; // RFC 5681 section 4.2: part of it came before, so an ACK was lost
        c.sackBlocks.duplicate(seg.seq, Seq.min(seg.seq + seg.length, c.rcvNxt));
      }
      int before = seg.sequenceLength();
      seg.trimFront(packet, c.rcvNxt);
      if (!bareFin) {
        seg.trimBack(packet, c.rcvAdv);
      }
      if (seg.sequenceLength() < before) {
        c.ackNow = true;
      }
    }
    if (seg.length > 0 && c.applicationClosed) {
      // RFC 9293 section 3.6.1: nobody will ever read it, and the peer is told so.
      c.abortNow();
      return false;
    }
    if (seg.has(TcpHeader.FIN)) {
      c.finKnown = true;
      c.rcvFinSeq = seg.seq + seg.length;
      c.ackNow = true; // RFC 5681 section 4.2: even a bare one beyond a hole is out of order
    }
    boolean kept = seg.length > 0 && store(c, packet);
    if (c.finKnown && c.rcvNxt == c.rcvFinSeq) {
      fin(c);
    }
    return kept;
  }

  /** Queues text in order or out of order; whether the packet was kept. */
  private boolean store(TcpConnection c, Packet packet) {
    if (seg.seq != c.rcvNxt) {
      c.ackNow = true; // RFC 5681 section 4.2: a duplicate ACK at once
      if (tcp.isPoolShort(4)) {
        tcp.counters.outOfOrderDropped++;
        return false;
      }
      packet.sequence = seg.seq;
      int end = seg.seq + seg.length;
      if (c.outOfOrder.insert(packet)) {
        tcp.counters.outOfOrderQueued++;
        c.sackBlocks.stored(seg.seq, end);
      } else {
        tcp.counters.outOfOrderDropped++;
        if (c.outOfOrder.holds(seg.seq, end)) {
          c.sackBlocks.duplicate(seg.seq, end);
        }
      }
      return true;
    }
    if (tcp.isPoolShort(16) && c.receiveRing.packets() > 0) {
      tcp.counters.receiveMemoryDrops++;
      return false;
    }
    boolean holes = !c.outOfOrder.isEmpty();
    c.rcvNxt += seg.length;
    c.receiveRing.append(packet);
    if (holes) {
      c.ackNow = true; // RFC 5681 section 4.2: it fills a hole, or part of one
      for (Packet next; (next = c.outOfOrder.takeFrom(c.rcvNxt)) != null; ) {
        c.rcvNxt += next.length();
        c.receiveRing.append(next);
      }
      c.sackBlocks.advance(c.rcvNxt);
    }
    scheduleAck(c);
    c.events.changed(TcpEvents.READABLE);
    return true;
  }

  /** SHLD-18 and SHLD-19: an ACK for every second full-sized segment, or after the delay. */
  private void scheduleAck(TcpConnection c) {
    c.rcvFullSize = Math.max(c.rcvFullSize, Math.min(seg.length, c.rcvMss));
    if (c.rcvNxt - c.lastAckSent >= 2 * c.rcvFullSize) {
      c.ackNow = true;
    } else if (!c.timers.isSet(TcpTimers.DELAYED_ACK)) {
      c.timers.set(TcpTimers.DELAYED_ACK, tcp.time.now() + tcp.config.delayedAckNanos());
    }
  }

  private void fin(TcpConnection c) {
    c.rcvNxt++;
    c.rcvAdv = Seq.max(c.rcvAdv, c.rcvNxt);
    c.ackNow = true;
    c.outOfOrder.releaseAll();
    c.sackBlocks.clear();
    c.finReceived = true;
    switch (c.state) {
      case ESTABLISHED -> c.state = TcpState.CLOSE_WAIT;
      case FIN_WAIT_1 -> c.state = TcpState.CLOSING; // its ACK was looked at before
      case FIN_WAIT_2 -> tcp.enterTimeWait(c);
      default -> {}
    }
    c.events.changed(TcpEvents.READABLE);
  }
}
