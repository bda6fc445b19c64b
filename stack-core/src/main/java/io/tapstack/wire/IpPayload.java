package io.tapstack.wire;

import java.nio.ByteBuffer;

/** What an IP packet carries, parsed. */
public sealed interface IpPayload permits TcpSegment, UdpDatagram, IcmpMessage, Unparsed {
  /** Its number in the Protocol or Next Header field, one of {@link IpProtocol}. */
  int protocol();

  /** Its length in bytes, header included. */
  int length();

  /** Writes the payload; the addresses are part of its checksum. */
  void write(ByteBuffer target, int offset, IpAddress source, IpAddress destination);

  /** One line for a log: the way from one address to the other, and what goes it. */
  String toString(IpAddress source, IpAddress destination);

  /** Sums up a written payload, its checksum field being zero, with its pseudo-header. */
  private static long sum(
      ByteBuffer buffer,
      int offset,
      int length,
      int protocol,
      IpAddress source,
      IpAddress destination) {
    long pseudo =
        InternetChecksum.pseudoHeader(
            source.high(), source.low(), destination.high(), destination.low(), protocol, length);
    return InternetChecksum.add(pseudo, buffer, offset, length);
  }

  /** The checksum of a written payload, its checksum field being zero. */
  static int checksum(
      ByteBuffer buffer,
      int offset,
      int length,
      int protocol,
      IpAddress source,
      IpAddress destination) {
    return protocol == IpProtocol.ICMPV4
        ? InternetChecksum.finish(InternetChecksum.add(0, buffer, offset, length))
        : InternetChecksum.finish(sum(buffer, offset, length, protocol, source, destination));
  }

  /** Whether a received payload sums up to all ones, as it must with its checksum. */
  static boolean checksumIsRight(
      ByteBuffer buffer,
      int offset,
      int length,
      int protocol,
      IpAddress source,
      IpAddress destination) {
    return checksum(buffer, offset, length, protocol, source, destination) == 0;
  }

  /**
   * Parses what stands behind an IP header. What does not check, or has a wrong checksum, becomes
   * {@link Unparsed} and says why.
   */
  static IpPayload parse(
      ByteBuffer buffer,
      int offset,
      int length,
      int protocol,
      IpAddress source,
      IpAddress destination) {
    boolean whole =
        switch (protocol) {
          case IpProtocol.TCP -> TcpHeader.check(buffer, offset, length);
          case IpProtocol.UDP -> UdpHeader.check(buffer, offset, length);
          case IpProtocol.ICMPV4, IpProtocol.ICMPV6 -> IcmpHeader.check(length);
          default -> false;
        };
    if (!whole) {
      return new Unparsed(protocol, Bytes.copyOf(buffer, offset, length), "not understood");
    }
    int summed = protocol == IpProtocol.UDP ? UdpHeader.length(buffer, offset) : length;
    // RFC 768: a checksum of zero says that the sender computed none; IPv6 forbids it (RFC 8200
    // section 8.1).
    boolean unchecked =
        protocol == IpProtocol.UDP && source.isV4() && UdpHeader.checksum(buffer, offset) == 0;
    if (!unchecked && !checksumIsRight(buffer, offset, summed, protocol, source, destination)) {
      return new Unparsed(protocol, Bytes.copyOf(buffer, offset, length), "wrong checksum");
    }
    return switch (protocol) {
      case IpProtocol.TCP -> TcpSegment.parse(buffer, offset, length);
      case IpProtocol.UDP -> UdpDatagram.parse(buffer, offset);
      default -> IcmpMessage.parse(buffer, offset, length, protocol);
    };
  }
}
