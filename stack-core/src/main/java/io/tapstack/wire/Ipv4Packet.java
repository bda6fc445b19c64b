package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * An IPv4 packet as a value; see {@link Ipv4Header}.
 *
 * @param trafficClass the type of service
 * @param fragmentWord flags and fragment offset as they stand on the wire
 * @param options a multiple of 4 bytes, at most 40
 * @param payload {@link Unparsed} if the packet is a fragment
 */
public record Ipv4Packet(
    int trafficClass,
    int identification,
    int fragmentWord,
    int ttl,
    IpAddress source,
    IpAddress destination,
    Bytes options,
    IpPayload payload)
    implements IpPacket {

  /** Checks what the header can hold. */
  public Ipv4Packet {
    if (options.length() % 4 != 0 || options.length() > 40) {
      throw new IllegalArgumentException(
          options.length() + " bytes of IPv4 options; expected a multiple of 4, at most 40");
    }
  }

  /** Reads a packet that was checked. */
  static Ipv4Packet parse(ByteBuffer packet, int offset) {
    int header = Ipv4Header.headerLength(packet, offset);
    int length = Ipv4Header.totalLength(packet, offset) - header;
    int protocol = Ipv4Header.protocol(packet, offset);
    IpAddress source = IpAddress.ofV4(Ipv4Header.source(packet, offset));
    IpAddress destination = IpAddress.ofV4(Ipv4Header.destination(packet, offset));
    IpPayload payload =
        Ipv4Header.isFragment(packet, offset)
            ? new Unparsed(
                protocol,
                Bytes.copyOf(packet, offset + header, length),
                "fragment at " + Ipv4Header.fragmentOffset(packet, offset))
            : IpPayload.parse(packet, offset + header, length, protocol, source, destination);
    return new Ipv4Packet(
        Ipv4Header.tos(packet, offset),
        Ipv4Header.identification(packet, offset),
        Ipv4Header.fragmentWord(packet, offset),
        Ipv4Header.ttl(packet, offset),
        source,
        destination,
        Bytes.copyOf(packet, offset + Ipv4Header.MIN_LENGTH, header - Ipv4Header.MIN_LENGTH),
        payload);
  }

  @Override
  public int etherType() {
    return EthernetHeader.TYPE_IPV4;
  }

  @Override
  public int length() {
    return Ipv4Header.MIN_LENGTH + options.length() + payload.length();
  }

  @Override
  public void write(ByteBuffer target, int offset) {
    Ipv4Header.write(
        target,
        offset,
        trafficClass,
        length(),
        identification,
        fragmentWord,
        ttl,
        payload.protocol(),
        source.v4(),
        destination.v4());
    int end = options.write(target, offset + Ipv4Header.MIN_LENGTH);
    if (end > offset + Ipv4Header.MIN_LENGTH) {
      Ipv4Header.extend(target, offset, end - offset);
    }
    payload.write(target, end, source, destination);
  }

  @Override
  public String toString() {
    return payload.toString(source, destination);
  }
}
