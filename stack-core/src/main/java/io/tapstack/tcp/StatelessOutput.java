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
 * Segments that no connection sends: the SYN-ACKs and answers of records, and RSTs to what belongs
 * to nobody. None is larger than what it answers by more than a SYN's options, none allocates.
 */
final class StatelessOutput {
  private static final int TTL = 64;

  private final Tcp tcp;
  private final Ip ip;
  private final Packet packet;

  StatelessOutput(Tcp tcp, Ip ip) {
    this.tcp = tcp;
    this.ip = ip;
    Packet header = new PacketPool(1, 2 * Packet.HEADROOM).acquire();
    if (header == null) {
      throw new AssertionError("a new pool is not empty");
    }
    packet = header;
  }

  // ---- half-open connections ----

  /** Answers a SYN with SYN-ACK. */
  void synAck(HalfOpen h, boolean again) {
    if (again) {
      tcp.counters.retransmittedSegments++;
    } else {
      tcp.counters.outSegments++;
    }
    int mss = tcp.output.advertisedMss(h.remoteHigh, h.remoteLow);
    int end = synOptions(mss, h.sack, h.peerScale >= 0);
    if (h.timestamps) {
      int value = clock() + h.timestampOffset;
      end = TcpOptions.writeTimestamps(packet.buffer, end, value, h.tsRecent);
    }
    send(h, h.iss, h.rcvNxt(), end, synAckFlags(h.ecn), h.rcvWnd);
  }

  /**
   * Answers a SYN with a SYN-ACK that we shall not remember.
   *
   * @param timestamp what our timestamp option says, if there is one
   */
  void synCookie(
      Packet syn,
      Segment seg,
      SynOptions agreed,
      int localPort,
      int remotePort,
      int iss,
      int timestamp) {
    tcp.counters.outSegments++;
    int mss = tcp.output.advertisedMss(syn.sourceHigh, syn.sourceLow);
    int end = synOptions(mss, agreed.sack, agreed.scale >= 0);
    if (agreed.timestamps) {
      end = TcpOptions.writeTimestamps(packet.buffer, end, timestamp, seg.options.timestampValue());
    }
    TcpHeader.write(
        packet.buffer,
        packet.start,
        localPort,
        remotePort,
        iss,
        seg.seq + 1,
        end - packet.start,
        synAckFlags(agreed.ecn),
        tcp.receiveWindow.initial(),
        0);
    packet.end = end;
    transmit(syn.destinationHigh, syn.destinationLow, syn.sourceHigh, syn.sourceLow);
  }

  /** RFC 3168 section 6.1.1: ECE alone grants ECN. */
  private static int synAckFlags(boolean ecn) {
    return TcpHeader.SYN | TcpHeader.ACK | (ecn ? TcpHeader.ECE : 0);
  }

  private int synOptions(int mss, boolean sack, boolean scale) {
    int end = TcpOptions.writeMss(packet.buffer, beginOptions(), mss);
    if (sack) {
      end = TcpOptions.writeSackPermitted(packet.buffer, end);
    }
    return scale ? TcpOptions.writeWindowScale(packet.buffer, end, tcp.windowScale()) : end;
  }

  void ack(HalfOpen h) {
    tcp.counters.outSegments++;
    int end = beginOptions();
    if (h.timestamps) {
      int value = clock() + h.timestampOffset;
      end = TcpOptions.writeTimestamps(packet.buffer, end, value, h.tsRecent);
    }
    int window = h.peerScale >= 0 ? h.rcvWnd >> tcp.windowScale() : h.rcvWnd;
    send(h, h.sndNxt(), h.rcvNxt(), end, TcpHeader.ACK, window);
  }

  void reset(HalfOpen h) {
    tcp.counters.outSegments++;
    tcp.counters.outResets++;
    send(h, h.sndNxt(), h.rcvNxt(), beginOptions(), TcpHeader.RST | TcpHeader.ACK, 0);
  }

  // ---- TIME-WAIT and FIN-WAIT-2 ----

  void ack(TimeWait t) {
    tcp.counters.outSegments++;
    int end = beginOptions();
    if (t.timestamps) {
      int value = clock() + t.timestampOffset;
      end = TcpOptions.writeTimestamps(packet.buffer, end, value, t.tsRecent);
    }
    send(t, t.sndNxt, t.rcvNxt, end, TcpHeader.ACK, t.window);
  }

  void reset(TimeWait t) {
    tcp.counters.outSegments++;
    tcp.counters.outResets++;
    send(t, t.sndNxt, t.rcvNxt, beginOptions(), TcpHeader.RST | TcpHeader.ACK, 0);
  }

  // ---- nobody ----

  /**
   * Answers a segment that belongs to no connection, RFC 9293 section 3.10.7.1: with its own ACK as
   * the sequence number, or acknowledging all of it.
   */
  void reset(Packet to, int remotePort, int localPort, Segment segment) {
    if (segment.has(TcpHeader.RST) || !tcp.mayReset()) {
      return;
    }
    tcp.counters.outSegments++;
    tcp.counters.outResets++;
    boolean ack = segment.has(TcpHeader.ACK);
    int end = beginOptions();
    TcpHeader.write(
        packet.buffer,
        packet.start,
        localPort,
        remotePort,
        ack ? segment.ack : 0,
        ack ? 0 : segment.seq + segment.sequenceLength(),
        end - packet.start,
        ack ? TcpHeader.RST : TcpHeader.RST | TcpHeader.ACK,
        0,
        0);
    packet.end = end;
    transmit(to.destinationHigh, to.destinationLow, to.sourceHigh, to.sourceLow);
  }

  // ---- building ----

  /** RFC 7323 section 5.4: a millisecond clock, to which a connection's own offset is added. */
  int clock() {
    return (int) (tcp.time.now() / 1_000_000);
  }

  private int beginOptions() {
    packet.clear();
    return packet.start + TcpHeader.MIN_LENGTH;
  }

  private void send(
      Flow flow, int sequence, int acknowledgment, int end, int flags, int windowField) {
    TcpHeader.write(
        packet.buffer,
        packet.start,
        flow.localPort,
        flow.remotePort,
        sequence,
        acknowledgment,
        end - packet.start,
        flags,
        windowField,
        0);
    packet.end = end;
    transmit(flow.localHigh, flow.localLow, flow.remoteHigh, flow.remoteLow);
  }

  private void transmit(long localHigh, long localLow, long remoteHigh, long remoteLow) {
    long pseudo =
        InternetChecksum.pseudoHeader(
            localHigh, localLow, remoteHigh, remoteLow, IpProtocol.TCP, packet.totalLength());
    TcpHeader.setChecksum(packet.buffer, packet.start, InternetChecksum.fold(pseudo));
    packet.checksumStart = packet.start;
    packet.checksumOffset = TcpHeader.CHECKSUM;
    Result result =
        ip.send(packet, localHigh, localLow, remoteHigh, remoteLow, IpProtocol.TCP, 0, TTL);
    if (result != Result.OK) {
      tcp.counters.unsent++;
    }
  }
}
