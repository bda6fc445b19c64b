package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * An IPv6 packet as a value; see {@link Ipv6Header}. Extension headers stay in an {@link Unparsed}
 * payload.
 *
 * @param ttl the hop limit
 */
public record Ipv6Packet(
    int trafficClass,
    int flowLabel,
    int ttl,
    IpAddress source,
    IpAddress destination,
    IpPayload payload)
    implements IpPacket {

  /** Reads a packet that was checked. */
  static Ipv6Packet parse(ByteBuffer packet, int offset) {
    IpAddress source =
        new IpAddress(Ipv6Header.sourceHigh(packet, offset), Ipv6Header.sourceLow(packet, offset));
    IpAddress destination =
        new IpAddress(
            Ipv6Header.destinationHigh(packet, offset), Ipv6Header.destinationLow(packet, offset));
    return new Ipv6Packet(
        Ipv6Header.trafficClass(packet, offset),
        Ipv6Header.flowLabel(packet, offset),
        Ipv6Header.hopLimit(packet, offset),
        source,
        destination,
        IpPayload.parse(
            packet,
            offset + Ipv6Header.LENGTH,
            Ipv6Header.payloadLength(packet, offset),
            Ipv6Header.nextHeader(packet, offset),
            source,
            destination));
  }

  @Override
  public int etherType() {
    return EthernetHeader.TYPE_IPV6;
  }

  @Override
  public int length() {
    return Ipv6Header.LENGTH + payload.length();
  }

  @Override
  public void write(ByteBuffer target, int offset) {
    Ipv6Header.write(
        target,
        offset,
        trafficClass,
        flowLabel,
        payload.length(),
        payload.protocol(),
        ttl,
        source.high(),
        source.low(),
        destination.high(),
        destination.low());
    payload.write(target, offset + Ipv6Header.LENGTH, source, destination);
  }

  @Override
  public String toString() {
    return payload.toString(source, destination);
  }
}
