package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.wire.TcpHeader;

/**
 * How a connection becomes established: SYN-SENT (RFC 9293 section 3.10.7.3), SYN-RECEIVED, and
 * what the options of the two SYNs agree on.
 */
final class Handshake {
  private final Tcp tcp;
  private final Segment seg;
  private final AckInput acks;
  private final SynOptions agreed = new SynOptions();

  Handshake(Tcp tcp, Segment segment, AckInput acks) {
    this.tcp = tcp;
    seg = segment;
    this.acks = acks;
  }

  // ---- 3.10.7.3: SYN-SENT ----

  /**
   * Processes a segment in SYN-SENT.
   *
   * @return whether it completed the handshake, so that its text and FIN are to be looked at
   */
  boolean synSent(TcpConnection c, Packet packet) {
    boolean ack = seg.has(TcpHeader.ACK);
    if (ack && (Seq.leq(seg.ack, c.iss) || Seq.gt(seg.ack, c.sndMax))) {
      tcp.replies.reset(packet, c.remotePort, c.localPort, seg);
      return false;
    }
    if (seg.has(TcpHeader.RST)) {
      // RFC 5961 section 3.2: in SYN-SENT a RST is believed if it acknowledges our SYN.
      if (ack) {
        tcp.counters.attemptFails++;
        tcp.end(c, Result.REFUSED);
      }
      return false;
    }
    if (!seg.has(TcpHeader.SYN)) {
      return false;
    }
    synchronize(c);
    c.ecn.heardAnswer(seg.flags);
    if (ack) {
      c.sndUna = seg.ack;
      acks.measure(c, seg.ack);
      c.sndWnd = seg.window; // never scaled on a SYN, RFC 7323 section 2.2
      c.maxSndWnd = c.sndWnd;
      c.sndWl1 = seg.seq;
      c.sndWl2 = seg.ack;
      established(c);
      c.ackNow = true;
      return true;
    }
    // MUST-10: simultaneous open
    c.state = TcpState.SYN_RECEIVED;
    tcp.output.sendSyn(c);
    c.timers.set(TcpTimers.RETRANSMIT, tcp.time.now() + c.rtt.rto());
    return false;
  }

  /** Takes the peer's ISN and options from its SYN. */
  private void synchronize(TcpConnection c) {
    agreed.read(tcp.config, seg);
    agree(c, seg.seq, agreed.mss, agreed.scale, agreed.sack, agreed.timestamps);
    c.tsRecent = seg.options.timestampValue();
    c.tsBeforeHole = c.tsRecent;
    c.tsRecentTime = tcp.time.now();
  }

  private void agree(
      TcpConnection c, int irs, int mss, int scale, boolean sack, boolean timestamps) {
    int promised = c.rcvAdv - c.rcvNxt; // the window of our SYN, if we sent one
    c.irs = irs;
    c.rcvNxt = irs + 1;
    c.rcvAdv = c.rcvNxt + promised;
    c.lastAckSent = c.rcvNxt;
    c.sack = sack;
    c.timestamps = timestamps;
    // RFC 7323 section 2.2: both sides must send the option, or neither window is scaled.
    c.sndScale = Math.max(scale, 0);
    c.rcvScale = scale >= 0 ? tcp.windowScale() : -1;
    // MUST-15; an MSS of 0 says nothing that could be meant, as in Linux
    int peerMss = mss > 0 ? mss : c.isV4() ? 536 : 1220;
    c.sndMss = c.path.begin(peerMss);
    c.rcvMss = tcp.output.advertisedMss(c) - (c.timestamps ? 12 : 0);
  }

  void established(TcpConnection c) {
    int mss = c.sndMss;
    int segments = tcp.config.initialWindowSegments();
    // RFC 6928 section 2; RFC 5681 section 3.1: one segment if the SYN was lost
    int initial = Math.min(segments * mss, Math.max(2 * mss, 1460 * segments));
    c.congestion.established(mss, c.retransmissions > 0 ? mss : initial, tcp.time.now());
    if (c.retransmissions > 0) {
      c.rtt.afterSynTimeout();
    }
    c.retransmissions = 0;
    c.softError = null;
    tcp.confirmReachable(c); // the ACK of our SYN was made after it came
    c.timers.clear(TcpTimers.RETRANSMIT);
    KeepAlive keepAlive = c.keepAlive;
    if (keepAlive != null) {
      c.timers.set(TcpTimers.KEEP_ALIVE, tcp.time.now() + keepAlive.idle);
    }
    c.state = c.finQueued ? TcpState.FIN_WAIT_1 : TcpState.ESTABLISHED;
    c.events.changed(TcpEvents.CONNECTED | TcpEvents.WRITABLE);
  }

  /** The SYN-ACK that completes a simultaneous open repeats a SYN that is already counted. */
  boolean isHandshakeOfSimultaneousOpen(TcpConnection c) {
    return c.state == TcpState.SYN_RECEIVED
        && seg.has(TcpHeader.SYN)
        && seg.has(TcpHeader.ACK)
        && seg.seq == c.irs
        && seg.ack == c.sndMax;
  }

  /** In a simultaneous open, the ACK of our SYN. */
  boolean complete(TcpConnection c, Packet packet) {
    if (Seq.leq(seg.ack, c.sndUna) || Seq.gt(seg.ack, c.sndMax)) {
      tcp.replies.reset(packet, c.remotePort, c.localPort, seg);
      return false;
    }
    c.sndWnd = seg.window << c.sndScale;
    c.maxSndWnd = c.sndWnd;
    c.sndWl1 = seg.seq;
    c.sndWl2 = seg.ack;
    established(c);
    return true;
  }

  /** What a half-open connection becomes when the current segment acknowledges our SYN-ACK. */
  TcpConnection complete(HalfOpen h) {
    TcpConnection c =
        new TcpConnection(
            tcp, h.localHigh, h.localLow, h.localPort, h.remoteHigh, h.remoteLow, h.remotePort);
    h.listener.inherit(c);
    c.beginAt(h.iss);
    agree(c, h.irs, h.peerMss, h.peerScale, h.sack, h.timestamps);
    c.ecn.accepted(h.ecn, h.ecnGivenUp);
    c.rcvAdv = c.rcvNxt + h.rcvWnd;
    c.tsRecent = h.tsRecent;
    c.tsBeforeHole = h.tsRecent;
    c.tsRecentTime = h.tsRecentTime;
    c.sndUna = h.sndNxt();
    c.sndNxt = h.sndNxt();
    c.sndMax = h.sndNxt();
    c.sndWnd = seg.window << c.sndScale;
    c.maxSndWnd = c.sndWnd;
    c.sndWl1 = seg.seq;
    c.sndWl2 = seg.ack;
    c.retransmissions = h.retransmissions;
    // Karn: the answer to a repeated SYN-ACK tells no round trip, unless its timestamp does; and a
    // cookie's timestamp holds other things.
    if (!h.fromCookie && (h.retransmissions == 0 || h.timestamps)) {
      c.retransmitTimestamp = (int) (h.sentTime / 1_000_000) + h.timestampOffset;
      c.timing = h.retransmissions == 0;
      c.timedSequence = h.sndNxt();
      c.timedSince = h.sentTime;
      acks.measure(c, h.sndNxt());
    }
    return c;
  }
}
