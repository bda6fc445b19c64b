package io.tapstack.tcp;

import io.tapstack.link.Packet;
import io.tapstack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Passive opens until there is a connection: LISTEN (RFC 9293 section 3.10.7.2) and SYN-RECEIVED
 * (section 3.10.7.4) as {@link HalfOpen} records, or as nothing at all ({@link SynCookies}).
 */
final class SynInput {
  private final Tcp tcp;
  private final Segment seg;
  private final ChallengeAck challenges;
  private final SynCookies cookies;
  private final SynOptions options = new SynOptions();

  SynInput(Tcp tcp, Segment segment, ChallengeAck challenges, SynCookies cookies) {
    this.tcp = tcp;
    seg = segment;
    this.challenges = challenges;
    this.cookies = cookies;
  }

  // ---- 3.10.7.2: LISTEN ----

  /**
   * A segment without a connection came to a listener.
   *
   * @return a record that the segment completes, because it brings a cookie; otherwise null
   */
  @Nullable HalfOpen listen(TcpListener listener, Packet packet, int localPort, int remotePort) {
    if (seg.has(TcpHeader.RST)) {
      return null;
    }
    if (seg.has(TcpHeader.ACK)) {
      HalfOpen told = readCookie(listener, packet, localPort, remotePort);
      if (told == null) {
        tcp.replies.reset(packet, remotePort, localPort, seg);
      }
      return told;
    }
    // Neither SYN nor anything else belongs here; SYN with FIN is nobody's honest segment.
    if (seg.has(TcpHeader.SYN) && !seg.has(TcpHeader.FIN)) {
      open(listener, packet, localPort, remotePort, null);
    }
    return null;
  }

  /**
   * Answers a SYN.
   *
   * @param previous what it proves to be over, if it is answered
   */
  void open(
      TcpListener listener,
      Packet packet,
      int localPort,
      int remotePort,
      @Nullable TimeWait previous) {
    if (listener.isAcceptQueueFull()) {
      tcp.counters.acceptQueueDrops++;
      return;
    }
    if (!tcp.receiveMemory.admitsConnections()) {
      tcp.counters.memoryPressureDrops++;
      return;
    }
    if (tcp.isFull()) {
      tcp.counters.connectionLimitDrops++;
      return;
    }
    options.read(tcp.config, seg);
    SynCookieMode mode = tcp.config.synCookies();
    if (listener.synQueue.isFull() || mode == SynCookieMode.ALWAYS) {
      listener.overflowed(tcp.time.now());
      // A cookie cannot begin beyond the last incarnation's numbers: that peer waits for room.
      if (mode == SynCookieMode.OFF || previous != null) {
        tcp.counters.synQueueDrops++;
      } else {
        sendCookie(packet, localPort, remotePort);
      }
      return;
    }
    // Here and not before: RFC 6528 section 3, the number of a SYN that is dropped is nobody's.
    int iss = tcp.isn(packet, localPort, remotePort);
    if (previous != null) {
      iss = previous.beyond(iss);
      tcp.end(previous);
    }
    HalfOpen h = record(listener, packet, localPort, remotePort, seg.seq, iss, false);
    tcp.counters.passiveOpens++;
    listener.synQueue.add(h);
    tcp.add(h);
    SynAckTimer timer = new SynAckTimer(tcp, h);
    h.timer = timer;
    tcp.replies.synAck(h, false);
    timer.begin();
  }

  private HalfOpen record(
      TcpListener listener,
      Packet packet,
      int localPort,
      int remotePort,
      int irs,
      int iss,
      boolean fromCookie) {
    HalfOpen h =
        new HalfOpen(
            listener,
            packet.destinationHigh,
            packet.destinationLow,
            localPort,
            packet.sourceHigh,
            packet.sourceLow,
            remotePort,
            options,
            irs,
            iss,
            tcp.timestampOffset(packet, localPort, remotePort),
            tcp.receiveWindow.initial(),
            fromCookie);
    h.tsRecent = seg.options.timestampValue();
    h.tsRecentTime = tcp.time.now();
    h.sentTime = tcp.time.now();
    return h;
  }

  // ---- RFC 4987 section 3.6 ----

  private void sendCookie(Packet packet, int localPort, int remotePort) {
    options.reduceToCookie();
    int iss = cookies.make(packet, localPort, remotePort, seg.seq, options.mss);
    int stamp =
        options.timestamps
            ? SynCookies.encode(tcp.replies.clock(), options)
                + tcp.timestampOffset(packet, localPort, remotePort)
            : 0;
    tcp.counters.synCookiesSent++;
    tcp.replies.synCookie(packet, seg, options, localPort, remotePort, iss, stamp);
  }

  private @Nullable HalfOpen readCookie(
      TcpListener listener, Packet packet, int localPort, int remotePort) {
    // Only within a while after an overflow: otherwise every stray ACK would be a guess.
    if (seg.has(TcpHeader.SYN) || !listener.mayHaveSentCookies(tcp.time.now())) {
      return null;
    }
    int mss = cookies.check(packet, localPort, remotePort, seg.seq - 1, seg.ack - 1);
    if (mss < 0) {
      tcp.counters.synCookiesFailed++;
      return null;
    }
    tcp.counters.synCookiesReceived++;
    options.mss = mss;
    options.scale = -1;
    options.sack = false;
    options.ecn = false;
    options.timestamps = tcp.config.timestamps() && seg.options.hasTimestamps();
    if (options.timestamps) {
      int offset = tcp.timestampOffset(packet, localPort, remotePort);
      SynCookies.decode(seg.options.timestampEcho() - offset, tcp.config, options);
    }
    return record(listener, packet, localPort, remotePort, seg.seq - 1, seg.ack - 1, true);
  }

  // ---- 3.10.7.4: SYN-RECEIVED ----

  /** Processes a segment for a record; whether it completes the handshake. */
  boolean completes(HalfOpen h, Packet packet) {
    boolean rst = seg.has(TcpHeader.RST);
    boolean stamped = h.timestamps && seg.options.hasTimestamps() && !rst;
    if (stamped && isOldTimestamp(h)) {
      tcp.counters.pawsDrops++;
      answerInvalid(h);
      return false;
    }
    // First, the sequence number.
    if (!TcpInput.isAcceptable(h.rcvNxt(), h.rcvNxt() + h.rcvWnd, seg)) {
      if (!rst) {
        answerInvalid(h);
      }
      return false;
    }
    if (stamped && seg.seq == h.rcvNxt()) {
      h.tsRecent = seg.options.timestampValue();
      h.tsRecentTime = tcp.time.now();
    }
    // Second, RST: RFC 5961 section 3.2 holds here too (CVE-2026-68118). MUST-11: back to LISTEN.
    if (rst) {
      if (seg.seq == h.rcvNxt()) {
        refused(h);
      } else if (challenges.mayChallenge(h)) {
        tcp.replies.ack(h);
      }
      return false;
    }
    // Fourth, SYN: after a passive open, SYN-RECEIVED returns to LISTEN.
    if (seg.has(TcpHeader.SYN)) {
      refused(h);
      return false;
    }
    // Fifth, ACK.
    if (!seg.has(TcpHeader.ACK)) {
      return false;
    }
    if (seg.ack != h.sndNxt()) {
      tcp.replies.reset(packet, h.remotePort, h.localPort, seg);
      return false;
    }
    return true;
  }

  /** The peer or the network does not want it. */
  void refused(HalfOpen h) {
    tcp.counters.attemptFails++;
    tcp.forget(h);
  }

  /** The SYN once more, since our answer was lost, gets the SYN-ACK once more. */
  private void answerInvalid(HalfOpen h) {
    if (seg.has(TcpHeader.SYN) && seg.seq == h.irs && !Ecn.asks(seg.flags)) {
      h.ecnGivenUp = true; // RFC 3168 section 6.1.1.1
    }
    if (!challenges.mayAnswerInvalid(h)) {
      return;
    }
    int kind = TcpHeader.SYN | TcpHeader.ACK | TcpHeader.FIN;
    if ((seg.flags & kind) == TcpHeader.SYN && seg.seq == h.irs) {
      tcp.replies.synAck(h, true);
    } else {
      tcp.replies.ack(h);
    }
  }

  private boolean isOldTimestamp(HalfOpen h) {
    return seg.options.timestampValue() - h.tsRecent < 0
        && tcp.time.now() - h.tsRecentTime < TcpInput.PAWS_LIFETIME;
  }

  /**
   * Whether the handshake may be completed now. If not, the SYN-ACK is repeated, and with luck
   * there is room then.
   */
  boolean mayComplete(HalfOpen h, Packet packet) {
    if (h.listener.isAcceptQueueFull()) {
      tcp.counters.acceptQueueDrops++;
      if (tcp.config.abortOnOverflow()) {
        tcp.replies.reset(packet, h.remotePort, h.localPort, seg);
        tcp.forget(h);
      }
      return false;
    }
    if (tcp.isFull()) {
      tcp.counters.connectionLimitDrops++;
      return false;
    }
    return true;
  }
}
