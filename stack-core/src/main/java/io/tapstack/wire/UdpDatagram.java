package io.tapstack.wire;

import java.nio.ByteBuffer;

/** A UDP datagram as a value; see {@link UdpHeader}. */
public record UdpDatagram(int sourcePort, int destinationPort, Bytes data) implements IpPayload {

  /** Reads a datagram that was checked. */
  static UdpDatagram parse(ByteBuffer packet, int offset) {
    return new UdpDatagram(
        UdpHeader.sourcePort(packet, offset),
        UdpHeader.destinationPort(packet, offset),
        Bytes.copyOf(
            packet,
            offset + UdpHeader.LENGTH,
            UdpHeader.length(packet, offset) - UdpHeader.LENGTH));
  }

  @Override
  public int protocol() {
    return IpProtocol.UDP;
  }

  @Override
  public int length() {
    return UdpHeader.LENGTH + data.length();
  }

  @Override
  public void write(ByteBuffer target, int offset, IpAddress source, IpAddress destination) {
    UdpHeader.write(target, offset, sourcePort, destinationPort, length());
    data.write(target, offset + UdpHeader.LENGTH);
    UdpHeader.setChecksum(
        target,
        offset,
        IpPayload.checksum(target, offset, length(), IpProtocol.UDP, source, destination));
  }

  @Override
  public String toString(IpAddress source, IpAddress destination) {
    return IpText.formatEndpoint(source, sourcePort)
        + " > "
        + IpText.formatEndpoint(destination, destinationPort)
        + " udp len "
        + data.length();
  }

  @Override
  public String toString() {
    return sourcePort + " > " + destinationPort + " udp len " + data.length();
  }
}
