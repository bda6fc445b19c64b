package io.tapstack.wire;

import java.nio.ByteBuffer;

/** An IPv4 or IPv6 packet as a value, for tests, logs and cold paths. */
public sealed interface IpPacket extends FramePayload permits Ipv4Packet, Ipv6Packet {
  /** The TTL or hop limit of packets that {@link #of} makes; RFC 1700 and Linux use 64. */
  int DEFAULT_TTL = 64;

  IpAddress source();

  IpAddress destination();

  /** TTL or hop limit. */
  int ttl();

  /** Type of service or traffic class. */
  int trafficClass();

  IpPayload payload();

  /**
   * A plain packet of the addresses' family. Its TTL is {@link #DEFAULT_TTL}, or 255 for Neighbour
   * Discovery, which is not believed otherwise (RFC 4861 section 7.1).
   *
   * @throws IllegalArgumentException if the addresses are not of one family
   */
  static IpPacket of(IpAddress source, IpAddress destination, IpPayload payload) {
    if (source.isV4() != destination.isV4()) {
      throw new IllegalArgumentException(
          source + " and " + destination + " are not of one family; use two of IPv4 or of IPv6");
    }
    return source.isV4()
        ? new Ipv4Packet(
            0, 0, Ipv4Header.DONT_FRAGMENT, DEFAULT_TTL, source, destination, Bytes.EMPTY, payload)
        : new Ipv6Packet(
            0,
            0,
            payload instanceof IcmpMessage message && message.isNeighbourDiscovery()
                ? 255
                : DEFAULT_TTL,
            source,
            destination,
            payload);
  }

  /** Parses a packet of the version that its first byte names; {@link Unparsed} if it is broken. */
  static FramePayload parse(ByteBuffer buffer, int offset, int length) {
    if (Ipv4Header.check(buffer, offset, length)) {
      return Ipv4Header.checksumIsRight(buffer, offset)
          ? Ipv4Packet.parse(buffer, offset)
          : new Unparsed(
              EthernetHeader.TYPE_IPV4,
              Bytes.copyOf(buffer, offset, length),
              "wrong header checksum");
    }
    if (Ipv6Header.check(buffer, offset, length)) {
      return Ipv6Packet.parse(buffer, offset);
    }
    boolean six = length > 0 && (buffer.get(offset) >> 4 & 15) == 6;
    return new Unparsed(
        six ? EthernetHeader.TYPE_IPV6 : EthernetHeader.TYPE_IPV4,
        Bytes.copyOf(buffer, offset, length),
        "broken IP header");
  }
}
