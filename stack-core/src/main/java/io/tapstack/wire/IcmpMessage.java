package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * An ICMPv4 or ICMPv6 message as a value; see {@link IcmpHeader}.
 *
 * @param protocol {@link IpProtocol#ICMPV4} or {@link IpProtocol#ICMPV6}
 * @param rest the header's last word
 * @param data what follows the header
 */
public record IcmpMessage(int protocol, int type, int code, int rest, Bytes data)
    implements IpPayload {

  private static final int OPTION_SOURCE_MAC = 1;
  private static final int OPTION_TARGET_MAC = 2;

  /** An ICMPv4 echo request. */
  public static IcmpMessage echoV4(int identifier, int sequence, Bytes data) {
    return new IcmpMessage(
        IpProtocol.ICMPV4, IcmpHeader.V4_ECHO, 0, identifier << 16 | sequence & 0xffff, data);
  }

  /** An ICMPv6 echo request. */
  public static IcmpMessage echoV6(int identifier, int sequence, Bytes data) {
    return new IcmpMessage(
        IpProtocol.ICMPV6, IcmpHeader.V6_ECHO, 0, identifier << 16 | sequence & 0xffff, data);
  }

  /** A neighbour solicitation with the sender's MAC address, RFC 4861 section 4.3. */
  public static IcmpMessage neighbourSolicitation(IpAddress target, long senderMac) {
    return new IcmpMessage(
        IpProtocol.ICMPV6,
        IcmpHeader.V6_NEIGHBOUR_SOLICITATION,
        0,
        0,
        neighbour(target, OPTION_SOURCE_MAC, senderMac));
  }

  /** A solicited, overriding neighbour advertisement, RFC 4861 section 4.4. */
  public static IcmpMessage neighbourAdvertisement(IpAddress target, long mac) {
    return new IcmpMessage(
        IpProtocol.ICMPV6,
        IcmpHeader.V6_NEIGHBOUR_ADVERTISEMENT,
        0,
        0x6000_0000,
        neighbour(target, OPTION_TARGET_MAC, mac));
  }

  private static Bytes neighbour(IpAddress target, int option, long mac) {
    ByteBuffer data = ByteBuffer.allocate(24);
    data.putLong(0, target.high());
    data.putLong(8, target.low());
    data.put(16, (byte) option);
    data.put(17, (byte) 1); // in units of 8 bytes
    Mac.write(data, 18, mac);
    return Bytes.of(data.array());
  }

  /** Reads a message that was checked. */
  static IcmpMessage parse(ByteBuffer message, int offset, int length, int protocol) {
    return new IcmpMessage(
        protocol,
        IcmpHeader.type(message, offset),
        IcmpHeader.code(message, offset),
        IcmpHeader.rest(message, offset),
        Bytes.copyOf(message, offset + IcmpHeader.LENGTH, length - IcmpHeader.LENGTH));
  }

  /** Whether this is a message of ICMPv6. */
  public boolean isV6() {
    return protocol == IpProtocol.ICMPV6;
  }

  /** Whether this is an echo request. */
  public boolean isEcho() {
    return type == (isV6() ? IcmpHeader.V6_ECHO : IcmpHeader.V4_ECHO);
  }

  /** Whether this is an echo reply. */
  public boolean isEchoReply() {
    return type == (isV6() ? IcmpHeader.V6_ECHO_REPLY : IcmpHeader.V4_ECHO_REPLY);
  }

  /** Whether this is a message of RFC 4861: solicitations, advertisements, redirect. */
  public boolean isNeighbourDiscovery() {
    return isV6() && type >= IcmpHeader.V6_ROUTER_SOLICITATION && type <= IcmpHeader.V6_REDIRECT;
  }

  /** Whether this solicits a neighbour. */
  public boolean isNeighbourSolicitation() {
    return isV6() && type == IcmpHeader.V6_NEIGHBOUR_SOLICITATION && data.length() >= 16;
  }

  /** The target of a neighbour solicitation or advertisement. */
  public IpAddress target() {
    return IpAddress.ofBytes(data.slice(0, 16).toArray());
  }

  /** The answer to this echo request. */
  public IcmpMessage echoReply() {
    return new IcmpMessage(
        protocol, isV6() ? IcmpHeader.V6_ECHO_REPLY : IcmpHeader.V4_ECHO_REPLY, 0, rest, data);
  }

  @Override
  public int length() {
    return IcmpHeader.LENGTH + data.length();
  }

  @Override
  public void write(ByteBuffer target, int offset, IpAddress source, IpAddress destination) {
    IcmpHeader.write(target, offset, type, code, rest);
    data.write(target, offset + IcmpHeader.LENGTH);
    IcmpHeader.setChecksum(
        target,
        offset,
        IpPayload.checksum(target, offset, length(), protocol, source, destination));
  }

  @Override
  public String toString(IpAddress source, IpAddress destination) {
    return source + " > " + destination + " " + this;
  }

  @Override
  public String toString() {
    String name = isV6() ? "icmp6 " : "icmp ";
    if (isEcho() || isEchoReply()) {
      name += isEcho() ? "echo" : "echo-reply";
      return name + " id " + (rest >>> 16) + " seq " + (rest & 0xffff) + " len " + data.length();
    }
    if (isNeighbourSolicitation()) {
      return name + "who-has " + target();
    }
    if (isV6() && type == IcmpHeader.V6_NEIGHBOUR_ADVERTISEMENT && data.length() >= 16) {
      return name + "neighbour " + target();
    }
    return name + typeName() + " code " + code + " len " + data.length();
  }

  private String typeName() {
    if (isV6()) {
      return switch (type) {
        case IcmpHeader.V6_UNREACHABLE -> "unreachable";
        case IcmpHeader.V6_TOO_BIG -> "too-big mtu " + Integer.toUnsignedString(rest);
        case IcmpHeader.V6_TIME_EXCEEDED -> "time-exceeded";
        case IcmpHeader.V6_PARAMETER_PROBLEM -> "parameter-problem";
        default -> "type " + type;
      };
    }
    return switch (type) {
      case IcmpHeader.V4_UNREACHABLE -> "unreachable";
      case IcmpHeader.V4_TIME_EXCEEDED -> "time-exceeded";
      case IcmpHeader.V4_PARAMETER_PROBLEM -> "parameter-problem";
      default -> "type " + type;
    };
  }
}
