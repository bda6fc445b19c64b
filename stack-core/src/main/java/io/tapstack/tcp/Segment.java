package io.tapstack.tcp;

import io.tapstack.link.Packet;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/**
 * The segment that is being processed, in the names of RFC 9293 section 3.3.1. One instance serves
 * every segment of a stack. The payload stays in the packet, which is trimmed along with it.
 */
final class Segment {
  final TcpOptions options = new TcpOptions();
  int seq;
  int ack;
  int flags;

  /** Whether the bit before {@link #flags} is set, of accurate ECN (RFC 9768). */
  boolean accurateEcn;

  /** Of the IP packet, with the ECN field (RFC 3168). */
  int trafficClass;

  /** SEG.WND as it stands in the header, not scaled. */
  int window;

  int urgentPointer;

  /** Bytes of payload. */
  int length;

  /** Reads a checked segment; the packet is left with just the payload. */
  void parse(Packet packet) {
    int at = packet.start;
    seq = TcpHeader.sequence(packet.buffer, at);
    ack = TcpHeader.acknowledgment(packet.buffer, at);
    flags = TcpHeader.flags(packet.buffer, at);
    accurateEcn = TcpHeader.isAccurateEcn(packet.buffer, at);
    trafficClass = packet.trafficClass;
    window = TcpHeader.window(packet.buffer, at);
    urgentPointer = TcpHeader.urgentPointer(packet.buffer, at);
    options.parse(packet.buffer, at);
    packet.start = at + TcpHeader.headerLength(packet.buffer, at);
    length = packet.length();
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** SEG.LEN: payload, SYN and FIN. */
  int sequenceLength() {
    return length + (has(TcpHeader.SYN) ? 1 : 0) + (has(TcpHeader.FIN) ? 1 : 0);
  }

  /** Drops the part before {@code from}, SYN included. */
  void trimFront(Packet packet, int from) {
    int cut = from - seq;
    if (cut <= 0) {
      return;
    }
    if (has(TcpHeader.SYN)) {
      flags &= ~TcpHeader.SYN;
      cut--;
    }
    int bytes = Math.min(cut, length);
    packet.start += bytes;
    length -= bytes;
    seq = from;
    if (cut > bytes) {
      flags &= ~TcpHeader.FIN;
    }
  }

  /** Drops the part from {@code edge} on, FIN included. */
  void trimBack(Packet packet, int edge) {
    int beyond = seq + sequenceLength() - edge;
    if (beyond <= 0) {
      return;
    }
    if (has(TcpHeader.FIN)) {
      flags &= ~TcpHeader.FIN;
      beyond--;
    }
    int bytes = Math.min(beyond, length);
    packet.end -= bytes;
    length -= bytes;
  }
}
