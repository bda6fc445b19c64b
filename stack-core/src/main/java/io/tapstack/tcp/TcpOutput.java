package io.tapstack.tcp;

import io.tapstack.base.Result;
import io.tapstack.ip.Ip;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/**
 * Builds segments and hands them to IP. There is one packet for all of them: a header is written
 * into it, the payload is gathered from the send ring, and the link is done with both when it
 * returns.
 */
final class TcpOutput {
  static final int TIMESTAMPS_LENGTH = 12;

  private final Tcp tcp;
  private final Ip ip;
  private final Packet packet;

  TcpOutput(Tcp tcp, Ip ip) {
    this.tcp = tcp;
    this.ip = ip;
    Packet header = new PacketPool(1, 2 * Packet.HEADROOM).acquire();
    if (header == null) {
      throw new AssertionError("a new pool is not empty");
    }
    packet = header;
  }

  // ---- data and FIN ----

  void emitData(TcpConnection c, int sequence, int length, int flags) {
    boolean again = Seq.lt(sequence, c.sndMax);
    if (again) {
      tcp.counters.retransmittedSegments++;
      c.bytesRetransmitted += length;
    }
    c.bytesSent += length;
    c.lastSendTime = tcp.time.now();
    c.delayedAck.answered(c.lastSendTime);
    // RFC 3168 section 6.1.6: a window probe is not marked.
    boolean probe = Seq.gt(sequence + length, c.sndUna + c.sndWnd);
    boolean fresh = length > 0 && !again && !probe;
    int header = begin(c, sequence, fresh ? flags | c.ecn.flagsForData() : flags, 0, false);
    packet.trafficClass = c.trafficClass | c.ecn.field(fresh);
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
    int flags =
        synAck
            ? TcpHeader.SYN | TcpHeader.ACK | c.ecn.flagsForSynAck()
            : TcpHeader.SYN | c.ecn.flagsForSyn(again);
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
    int ecn = ack && (flags & (TcpHeader.SYN | TcpHeader.RST)) == 0 ? c.ecn.flagsForAck() : 0;
    int window = tcp.receiveWindow.advertise(c, syn ? 0 : Math.max(c.rcvScale, 0));
    int acknowledgment = ack ? c.rcvNxt : 0;
    boolean stream = (flags & (TcpHeader.SYN | TcpHeader.RST)) == 0 && Seq.leq(c.sndUna, sequence);
    int urgent = stream ? c.urgent.pointer(c.positionOf(sequence)) : 0;
    TcpHeader.write(
        packet.buffer,
        start,
        c.localPort,
        c.remotePort,
        sequence,
        acknowledgment,
        header,
        urgent > 0 ? flags | ecn | TcpHeader.URG : flags | ecn,
        window,
        urgent);
    packet.trafficClass = c.trafficClass;
    if (ack) {
      if (c.ackNow || c.timers.isSet(TcpTimers.DELAYED_ACK)) {
        c.delayedAck.sent();
      }
      c.lastAckSent = c.rcvNxt;
      c.ackNow = false;
      c.timers.clear(TcpTimers.DELAYED_ACK);
    }
    return header;
  }

  private void finish(TcpConnection c, int header, boolean again) {
    packet.end = packet.start + header;
    c.segmentsOut++;
    if (!again) {
      tcp.counters.outSegments++;
    }
    transmit(c.localHigh, c.localLow, c.remoteHigh, c.remoteLow, c.timeToLive);
  }

  private void transmit(long localHigh, long localLow, long remoteHigh, long remoteLow, int ttl) {
    int length = packet.totalLength();
    long pseudo =
        InternetChecksum.pseudoHeader(
            localHigh, localLow, remoteHigh, remoteLow, IpProtocol.TCP, length);
    TcpHeader.setChecksum(packet.buffer, packet.start, InternetChecksum.fold(pseudo));
    packet.checksumStart = packet.start;
    packet.checksumOffset = TcpHeader.CHECKSUM;
    Result result =
        ip.send(
            packet,
            localHigh,
            localLow,
            remoteHigh,
            remoteLow,
            IpProtocol.TCP,
            packet.trafficClass,
            ttl);
    if (result != Result.OK) {
      tcp.counters.unsent++; // as good as lost: the retransmission timer repairs it
    }
  }

  // ---- what we tell the peer ----

  /** RFC 7323 section 5.4: a millisecond clock, from an offset of the connection's own. */
  int timestamp(TcpConnection c) {
    return timestamp(c, tcp.time.now());
  }

  /** What that clock showed at a time. */
  static int timestamp(TcpConnection c, long time) {
    return (int) (time / 1_000_000) + c.timestampOffset;
  }

  /** MUST-67 and RFC 6691: what IP can carry, options not subtracted. */
  int advertisedMss(TcpConnection c) {
    return advertisedMss(c.remoteHigh, c.remoteLow);
  }

  int advertisedMss(long remoteHigh, long remoteLow) {
    int mtu = ip.linkMtuTo(remoteHigh, remoteLow);
    int headers = IpAddress.isV4(remoteHigh, remoteLow) ? 40 : 60;
    return Math.max(Math.min(mtu, 65_535) - headers, Tcp.MIN_MSS);
  }

  /** What a segment may carry: options that every segment has subtracted (MUST-16). */
  int effectiveMss(TcpConnection c, int peerMss) {
    int mss = Math.min(Math.max(peerMss, Tcp.MIN_MSS), advertisedMss(c));
    return c.timestamps ? mss - TIMESTAMPS_LENGTH : mss;
  }
}
