package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.ip.Ip;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/**
 * Decides what a connection may send, and builds segments. There is one packet for all of them: a
 * header is written into it, the payload is gathered from the send ring, and the link is done with
 * both when it returns.
 */
final class TcpOutput {
  private static final int TTL = 64;
  private static final int TIMESTAMPS_LENGTH = 12;

  /** RFC 9293 section 3.8.6.2.1: the override timeout is in the range 0.1 to 1.0 seconds. */
  private static final long MIN_OVERRIDE = 200_000_000;

  private static final long MAX_OVERRIDE = 1_000_000_000;

  private final Tcp tcp;
  private final Ip ip;
  private final PacketPool pool;
  private final Packet packet;

  TcpOutput(Tcp tcp, Ip ip, PacketPool pool) {
    this.tcp = tcp;
    this.ip = ip;
    this.pool = pool;
    Packet header = new PacketPool(1, 2 * Packet.HEADROOM).acquire();
    if (header == null) {
      throw new AssertionError("a new pool is not empty");
    }
    packet = header;
  }

  // ---- data and FIN ----

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
      c.congestion.restartAfterIdle(); // RFC 5681 section 4.1
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
      emitData(c, c.sndNxt, length, fin ? flags | TcpHeader.FIN : flags);
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
    emitData(c, c.sndUna, length, fin ? TcpHeader.ACK | TcpHeader.FIN : TcpHeader.ACK);
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
    emitData(c, from, data, fin ? TcpHeader.ACK | TcpHeader.FIN : TcpHeader.ACK);
  }

  private void emitData(TcpConnection c, int sequence, int length, int flags) {
    boolean again = Seq.lt(sequence, c.sndMax);
    if (again) {
      tcp.counters.retransmittedSegments++;
      c.timing = false; // Karn: RFC 6298 section 3
    } else if (!c.timing) {
      c.timing = true;
      c.timedSequence = sequence + length;
      c.timedSince = tcp.time.now();
    }
    c.lastSendTime = tcp.time.now();
    int header = begin(c, sequence, flags, 0, false);
    if (length > 0) {
      c.sendRing.gather(packet, c.positionOf(sequence), length);
    }
    finish(c, header, again);
  }

  // ---- control segments ----

  void sendSyn(TcpConnection c) {
    boolean synAck = c.state == TcpState.SYN_RECEIVED;
    boolean again = c.sndMax != c.iss;
    if (!again) {
      c.timing = true;
      c.timedSequence = c.iss + 1;
      c.timedSince = tcp.time.now();
    } else {
      c.timing = false;
      tcp.counters.retransmittedSegments++;
    }
    int flags = synAck ? TcpHeader.SYN | TcpHeader.ACK : TcpHeader.SYN;
    int header = begin(c, c.iss, flags, advertisedMss(c), false);
    c.sndNxt = c.iss + 1;
    c.sndMax = c.sndNxt;
    finish(c, header, again);
  }

  /** Sends an ACK without data. */
  void sendAck(TcpConnection c) {
    finish(c, begin(c, acceptableSequence(c), TcpHeader.ACK, 0, true), false);
  }

  /**
   * SND.NXT, unless the peer has closed its window over data in flight: then the edge of the
   * window, so that the peer accepts the ACK.
   */
  private static int acceptableSequence(TcpConnection c) {
    int edge = c.sndUna + c.sndWnd;
    return Seq.leq(c.sndMax, edge) || !c.isSynAcknowledged() ? c.sndMax : edge;
  }

  /** SHLD-12: a keepalive probe repeats the octet before SND.NXT, without data. */
  void sendKeepAlive(TcpConnection c) {
    tcp.counters.keepAliveProbes++;
    finish(c, begin(c, c.sndMax - 1, TcpHeader.ACK, 0, false), false);
  }

  /** RFC 9293 section 3.10.5: RST at SND.NXT. */
  void sendReset(TcpConnection c) {
    tcp.counters.outResets++;
    finish(c, begin(c, acceptableSequence(c), TcpHeader.RST | TcpHeader.ACK, 0, false), false);
  }

  /** Tells the peer of a window that opened enough to be worth an ACK of its own. */
  void updateWindow(TcpConnection c) {
    int advertised = Math.max(c.rcvAdv - c.rcvNxt, 0);
    int free = freeWindow(c);
    int step = Math.min(tcp.config.receiveBuffer() / 2, c.rcvMss);
    // MUST-39 allows every MSS; that would double the ACKs of a reader that keeps up, so the window
    // must have doubled, as in Linux.
    if (free - advertised >= step && free >= 2 * advertised) {
      sendAck(c);
    }
  }

  // ---- building ----

  /**
   * Writes the header of a connection's segment and returns its length.
   *
   * @param withSack whether the segment has no payload, so that SACK blocks take nothing from it
   */
  private int begin(TcpConnection c, int sequence, int flags, int mss, boolean withSack) {
    packet.clear();
    int start = packet.start;
    int position = start + TcpHeader.MIN_LENGTH;
    boolean syn = (flags & TcpHeader.SYN) != 0;
    boolean ack = (flags & TcpHeader.ACK) != 0;
    if (syn) {
      position = TcpOptions.writeMss(packet.buffer, position, mss);
      if (c.sack) {
        position = TcpOptions.writeSackPermitted(packet.buffer, position);
      }
      if (c.rcvScale >= 0) {
        position = TcpOptions.writeWindowScale(packet.buffer, position, c.rcvScale);
      }
    }
    if (c.timestamps && (flags & TcpHeader.RST) == 0) {
      int echo = ack ? c.tsRecent : 0;
      position = TcpOptions.writeTimestamps(packet.buffer, position, timestamp(c), echo);
    }
    if (withSack && c.sack && !c.sackBlocks.isEmpty()) {
      int room = start + TcpHeader.MAX_LENGTH - position;
      position = c.sackBlocks.write(packet.buffer, position, room);
    }
    int header = position - start;
    int window = advertise(c, syn ? 0 : Math.max(c.rcvScale, 0));
    int acknowledgment = ack ? c.rcvNxt : 0;
    TcpHeader.write(
        packet.buffer,
        start,
        c.localPort,
        c.remotePort,
        sequence,
        acknowledgment,
        header,
        flags,
        window,
        0);
    if (ack) {
      c.lastAckSent = c.rcvNxt;
      c.ackNow = false;
      c.timers.clear(TcpTimers.DELAYED_ACK);
    }
    return header;
  }

  private void finish(TcpConnection c, int header, boolean again) {
    packet.end = packet.start + header;
    if (!again) {
      tcp.counters.outSegments++;
    }
    transmit(c.localHigh, c.localLow, c.remoteHigh, c.remoteLow);
  }

  private void transmit(long localHigh, long localLow, long remoteHigh, long remoteLow) {
    int length = packet.totalLength();
    long pseudo =
        InternetChecksum.pseudoHeader(
            localHigh, localLow, remoteHigh, remoteLow, IpProtocol.TCP, length);
    TcpHeader.setChecksum(packet.buffer, packet.start, InternetChecksum.fold(pseudo));
    packet.checksumStart = packet.start;
    packet.checksumOffset = TcpHeader.CHECKSUM;
    Result result =
        ip.send(packet, localHigh, localLow, remoteHigh, remoteLow, IpProtocol.TCP, 0, TTL);
    if (result != Result.OK) {
      tcp.counters.unsent++; // as good as lost: the retransmission timer repairs it
    }
  }

  /**
   * Answers a segment that belongs to no connection, RFC 9293 section 3.10.7.1: with its own ACK as
   * the sequence number, or acknowledging all of it.
   */
  void replyReset(Packet to, int remotePort, int localPort, Segment segment) {
    if (segment.has(TcpHeader.RST) || !tcp.mayReset()) {
      return;
    }
    tcp.counters.outResets++;
    boolean ack = segment.has(TcpHeader.ACK);
    packet.clear();
    TcpHeader.write(
        packet.buffer,
        packet.start,
        localPort,
        remotePort,
        ack ? segment.ack : 0,
        ack ? 0 : segment.seq + segment.sequenceLength(),
        TcpHeader.MIN_LENGTH,
        ack ? TcpHeader.RST : TcpHeader.RST | TcpHeader.ACK,
        0,
        0);
    packet.end = packet.start + TcpHeader.MIN_LENGTH;
    tcp.counters.outSegments++;
    transmit(to.destinationHigh, to.destinationLow, to.sourceHigh, to.sourceLow);
  }

  // ---- what we tell the peer ----

  /** RFC 7323 section 5.4: a millisecond clock, from an offset of the connection's own. */
  int timestamp(TcpConnection c) {
    return (int) (tcp.time.now() / 1_000_000) + c.timestampOffset;
  }

  /** MUST-67 and RFC 6691: what IP can carry, options not subtracted. */
  int advertisedMss(TcpConnection c) {
    int mtu = ip.mtuTo(c.remoteHigh, c.remoteLow);
    int headers = c.isV4() ? 40 : 60;
    return Math.max(Math.min(mtu, 65_535) - headers, Tcp.MIN_MSS);
  }

  /** What a segment may carry: options that every segment has subtracted (MUST-16). */
  int effectiveMss(TcpConnection c, int peerMss) {
    int mss = Math.min(Math.max(peerMss, Tcp.MIN_MSS), advertisedMss(c));
    return c.timestamps ? mss - TIMESTAMPS_LENGTH : mss;
  }

  /**
   * What the application's buffer and the packet pool have room for. A quarter of the free pool for
   * one connection: windows stop opening before the pool is empty.
   */
  private int freeWindow(TcpConnection c) {
    long poolShare = (long) pool.available() * pool.cellSize() / 4;
    int free = tcp.config.receiveBuffer() - c.receiveRing.unread();
    // What the window field cannot tell is no window: a step that the peer never sees is no step.
    int most = 0xffff << Math.max(c.rcvScale, 0);
    return (int) Math.max(Math.min(Math.min(free, poolShare), most), 0);
  }

  /** The window field, and the right edge that goes with it. */
  private int advertise(TcpConnection c, int shift) {
    int current = Math.max(c.rcvAdv - c.rcvNxt, 0);
    int free = freeWindow(c);
    // MUST-39: the right edge moves by a worthwhile step or not at all; SHLD-14: never back.
    int step = Math.min(tcp.config.receiveBuffer() / 2, c.rcvMss);
    int window = free - current >= step ? free : current;
    int field = window >> shift;
    if (field << shift < current && field << shift <= free) {
      field++; // the unit of the scale must not move the edge back while there is room
    }
    field = Math.min(field, 0xffff);
    c.rcvAdv = Seq.max(c.rcvAdv, c.rcvNxt + (field << shift));
    return field;
  }
}
