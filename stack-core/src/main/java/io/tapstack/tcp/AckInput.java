package io.tapstack.tcp;

import io.tapstack.wire.TcpHeader;

/**
 * The ACK field: RFC 9293 section 3.10.7.4, fifth step, with RFC 5961 section 5, the send window,
 * round trips (RFC 7323 section 4) and what acknowledgments tell loss recovery.
 */
final class AckInput {
  /** As Linux has it: long enough for the peer's SACKs to come right again. */
  private static final long RENEGING_DELAY = 10_000_000;

  private final Tcp tcp;
  private final Segment seg;
  private final ChallengeAck challenges;

  AckInput(Tcp tcp, Segment segment, ChallengeAck challenges) {
    this.tcp = tcp;
    seg = segment;
    this.challenges = challenges;
  }

  /** Whether processing of the segment goes on. */
  boolean acknowledge(TcpConnection c) {
    if (Seq.gt(seg.ack, c.sndMax)) {
      challenges.answerInvalid(c); // it acknowledges what was never sent
      return false;
    }
    // RFC 5961 section 5.2
    if (Seq.lt(seg.ack, c.sndUna - Math.max(c.maxSndWnd, 1))) {
      challenges.challenge(c);
      return false;
    }
    boolean news = Seq.gt(seg.ack, c.sndUna);
    boolean duplicate = !news && isDuplicate(c);
    long now = tcp.time.now();
    LossRecovery recovery = c.recovery;
    boolean echo = c.timestamps && seg.options.hasTimestamps();
    boolean marked = seg.has(TcpHeader.ECE) && c.ecn.isNegotiated();
    long delivered = recovery.deliveredSegments();
    recovery.begin(now, echo, echo ? seg.options.timestampEcho() : 0);
    updateSendWindow(c);
    if (news) {
      newlyAcknowledged(c);
    }
    if (c.sack) {
      recovery.sacked(seg.options, seg.ack);
    }
    measureRoundTrip(c, news);
    boolean bare =
        !news && seg.ack == c.sndUna && seg.sequenceLength() == 0 && seg.options.sackBlocks() == 0;
    recovery.finish(tcp.ackSample, news, duplicate, bare, marked);
    if (marked) {
      c.deliveredCe += recovery.deliveredSegments() - delivered;
    }
    if (c.ecn.acknowledged(marked, seg.ack, c.sndMax)) {
      recovery.congestionExperienced(now);
    }
    setTimers(c, news);
    return afterAcknowledgment(c);
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
    // A larger ACK left the peer later, even in a segment of old data, for which RFC 9293 section
    // 3.10.7.4 would keep the old window: counted from the new SND.UNA, it would end too far right.
    if (Seq.lt(c.sndWl2, seg.ack) || Seq.leq(c.sndWl1, seg.seq)) {
      int before = c.sndWnd;
      c.sndWnd = seg.window << c.sndScale;
      c.maxSndWnd = Math.max(c.maxSndWnd, c.sndWnd);
      c.sndWl1 = seg.seq;
      c.sndWl2 = seg.ack;
      if (c.sndWnd == 0 && c.retransmissions > 0 && !c.applicationClosed) {
        c.retransmittingSince = tcp.time.now(); // SHLD-17: its window shut over data in flight
      }
      if (before == 0 && c.sndWnd > 0) {
        c.recovery.windowOpened();
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
    c.recovery.acknowledged(seg.ack, seg.ack - c.sndUna);
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
  }

  /** RFC 6298 (5.2) and (5.3), RFC 8985 section 7.2. */
  private void setTimers(TcpConnection c, boolean news) {
    if (!c.hasOutstanding()) {
      if (news) {
        c.timers.clear(TcpTimers.RETRANSMIT);
        c.timers.clear(TcpTimers.LOSS_PROBE);
        c.timers.clear(TcpTimers.REORDERING);
      }
      return;
    }
    if (c.timers.isSet(TcpTimers.PERSIST)) {
      return;
    }
    long now = tcp.time.now();
    if (c.recovery.isReneged()) {
      // RFC 2018 section 8: what the peer threw away again is repaired as after a timeout, but soon
      c.timers.set(
          TcpTimers.RETRANSMIT, now + Math.max(Math.max(c.rtt.srtt(), 0) / 2, RENEGING_DELAY));
    } else if (c.sack ? c.recovery.isProgress() : news) {
      // RFC 6298 (5.3): a duplicate ACK without SACK acknowledges nothing new
      c.timers.set(TcpTimers.RETRANSMIT, now + c.rtt.rto());
      tcp.sender.scheduleProbe(c);
    }
  }

  /** RFC 6298 section 3: from segments that were sent once, or else from the echoed timestamp. */
  private void measureRoundTrip(TcpConnection c, boolean news) {
    long measured = c.recovery.measuredRtt();
    if (measured >= 0) {
      c.rtt.sample(measured);
    } else if (news) {
      measure(c, seg.ack);
    }
  }

  /**
   * Takes a round trip from the SYN, or from the echoed timestamp (RFC 7323 section 4) where what
   * is acknowledged was sent more than once.
   */
  void measure(TcpConnection c, int ack) {
    long now = tcp.time.now();
    if (c.timing && Seq.geq(ack, c.timedSequence)) {
      c.timing = false;
      c.rtt.sample(now - c.timedSince);
      c.recovery.minRtt.sample(now - c.timedSince, now);
      return;
    }
    if (c.timestamps && seg.options.hasTimestamps() && seg.options.timestampEcho() != 0) {
      int elapsed = tcp.output.timestamp(c) - seg.options.timestampEcho();
      // Karn's rule with timestamps: an echo from before the last timeout may have waited at the
      // receiver for our retransmission, and would measure the timeout instead of the path.
      boolean ambiguous = c.timeouts > 0 && seg.options.timestampEcho() - c.retransmitTimestamp < 0;
      if (elapsed >= 0 && elapsed < 1 << 30 && !ambiguous) {
        c.rtt.sample(elapsed * 1_000_000L);
      }
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
}
