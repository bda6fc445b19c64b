package io.tapstack.ip;

import io.tapstack.link.Packet;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;

/**
 * IPv6 input: RFC 8200. Output is {@link Ip#send}, which both versions share.
 *
 * <p>At most {@link #MAX_EXTENSIONS} extension headers are walked, each with few options (RFC 8504
 * section 5.3), so the work for a packet is bounded however it was built.
 *
 * <p>Thread: the owner of the stack.
 */
final class Ipv6 {
  static final int MAX_EXTENSIONS = 8;

  private final Ip ip;
  private final Icmpv6 icmp;

  Ipv6(Ip ip, Icmpv6 icmp) {
    this.ip = ip;
    this.icmp = icmp;
  }

  /** Takes a packet over whose {@code start} is at the IPv6 header. */
  void receive(IpInterface iface, Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    if (!Ipv6Header.check(buffer, at, packet.length())) {
      iface.drop(packet, IpDrop.MALFORMED);
      return;
    }
    long sourceHigh = Ipv6Header.sourceHigh(buffer, at);
    long sourceLow = Ipv6Header.sourceLow(buffer, at);
    long destinationHigh = Ipv6Header.destinationHigh(buffer, at);
    long destinationLow = Ipv6Header.destinationLow(buffer, at);
    boolean ours = isOurs(iface, destinationHigh, destinationLow);
    boolean group = !ours && iface.hasGroup(destinationHigh, destinationLow);
    if (!isValidSource(sourceHigh, sourceLow, group)) {
      iface.drop(packet, IpDrop.BAD_SOURCE);
    } else if (!ours && !group) {
      iface.drop(packet, IpDrop.NOT_OURS); // the host never forwards
    } else if (ours && packet.linkGroup) {
      iface.drop(packet, IpDrop.LINK_GROUP);
    } else {
      packet.linkGroup = group;
      deliver(iface, packet);
    }
  }

  /** Ours, but neither ::1 nor an IPv4 address in disguise nor another link's link-local one. */
  private boolean isOurs(IpInterface iface, long high, long low) {
    if (high == 0 && low == 1 || IpAddress.isV4(high, low)) {
      return false;
    }
    return IpAddress.isLinkLocalV6(high)
        ? iface.hasAddress(high, low)
        : ip.interfaceOf(high, low) != null;
  }

  /**
   * RFC 4291 sections 2.5.2, 2.5.3 and 2.7: neither a group nor loopback; "unspecified" only to a
   * group, for duplicate address detection. None of ours, which is LAND. No mapped IPv4 address,
   * which would pass for one that came by IPv4 (RFC 4942 section 2.2).
   */
  private boolean isValidSource(long high, long low, boolean toGroup) {
    if (high == 0 && low == 0) {
      return toGroup;
    }
    return !IpAddress.isMulticast(high, low)
        && !IpAddress.isV4(high, low)
        && ip.interfaceOf(high, low) == null // ::1 counts as ours
        && !(high == 0 && low == 1);
  }

  /** Hands on a packet with a good header that is for us. */
  void deliver(IpInterface iface, Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    packet.networkOffset = at;
    packet.end = at + Ipv6Header.LENGTH + Ipv6Header.payloadLength(buffer, at); // padding goes
    packet.ttl = Ipv6Header.hopLimit(buffer, at);
    packet.trafficClass = Ipv6Header.trafficClass(buffer, at);
    packet.sourceHigh = Ipv6Header.sourceHigh(buffer, at);
    packet.sourceLow = Ipv6Header.sourceLow(buffer, at);
    packet.destinationHigh = Ipv6Header.destinationHigh(buffer, at);
    packet.destinationLow = Ipv6Header.destinationLow(buffer, at);

    int pointer = at + Ipv6Header.nextHeaderOffset(); // where the protocol was named
    int protocol = Ipv6Header.nextHeader(buffer, at);
    int position = at + Ipv6Header.LENGTH;
    boolean fragmented = false;
    for (int walked = 0; isExtension(protocol); walked++) {
      int left = packet.end - position;
      if (walked == MAX_EXTENSIONS
          || left < Ipv6ExtensionHeader.MIN_LENGTH
          || protocol != IpProtocol.FRAGMENT
              && !Ipv6ExtensionHeader.check(buffer, position, left)) {
        iface.drop(packet, IpDrop.MALFORMED);
        return;
      }
      if (!isPassable(iface, packet, protocol, position, pointer)) {
        return;
      }
      fragmented |= protocol == IpProtocol.FRAGMENT;
      pointer = position;
      int length =
          protocol == IpProtocol.FRAGMENT
              ? Ipv6ExtensionHeader.MIN_LENGTH
              : Ipv6ExtensionHeader.length(buffer, position);
      protocol = Ipv6ExtensionHeader.nextHeader(buffer, position);
      position += length;
    }
    packet.start = position;
    packet.protocol = protocol;
    dispatch(iface, packet, pointer, fragmented);
  }

  private void dispatch(IpInterface iface, Packet packet, int pointer, boolean fragmented) {
    if (packet.protocol == IpProtocol.ICMPV6) {
      icmp.receive(iface, packet, fragmented);
      return;
    }
    IpTransport transport = ip.transport(packet.protocol);
    if (packet.protocol == IpProtocol.NO_NEXT_HEADER) {
      packet.release(); // RFC 8200 section 4.7: whatever follows is ignored
    } else if (transport != null) {
      iface.counters().delivered++;
      transport.receive(iface, packet);
    } else {
      icmp.parameterProblem(iface, packet, IcmpHeader.V6_CODE_NEXT_HEADER, pointer);
      iface.drop(packet, IpDrop.UNKNOWN_PROTOCOL);
    }
  }

  private static boolean isExtension(int protocol) {
    return switch (protocol) {
      case IpProtocol.HOP_BY_HOP,
          IpProtocol.ROUTING,
          IpProtocol.FRAGMENT,
          IpProtocol.DESTINATION_OPTIONS ->
          true;
      default -> false;
    };
  }

  /** Looks at one extension header; if it does not let the packet pass, the packet is gone. */
  private boolean isPassable(
      IpInterface iface, Packet packet, int protocol, int position, int pointer) {
    ByteBuffer buffer = packet.buffer;
    switch (protocol) {
      case IpProtocol.HOP_BY_HOP -> {
        if (position != packet.networkOffset + Ipv6Header.LENGTH) {
          // RFC 8200 section 4.1: only directly after the IPv6 header
          icmp.parameterProblem(iface, packet, IcmpHeader.V6_CODE_NEXT_HEADER, pointer);
          iface.drop(packet, IpDrop.MALFORMED);
          return false;
        }
        return areOptionsGood(iface, packet, position);
      }
      case IpProtocol.DESTINATION_OPTIONS -> {
        return areOptionsGood(iface, packet, position);
      }
      case IpProtocol.ROUTING -> {
        if (Ipv6ExtensionHeader.segmentsLeft(buffer, position) != 0) {
          // RFC 8200 section 4.4, RFC 5095: no type is known here, type 0 least of all
          icmp.parameterProblem(
              iface,
              packet,
              IcmpHeader.V6_CODE_HEADER_FIELD,
              position + Ipv6ExtensionHeader.ROUTING_TYPE);
          iface.drop(packet, IpDrop.SOURCE_ROUTE);
          return false;
        }
        return true;
      }
      default -> {
        if (!Ipv6ExtensionHeader.isAtomic(buffer, position)) {
          iface.drop(packet, IpDrop.FRAGMENT);
          return false;
        }
        return true;
      }
    }
  }

  private boolean areOptionsGood(IpInterface iface, Packet packet, int position) {
    int result = Ipv6ExtensionHeader.checkOptions(packet.buffer, position);
    if (result == Ipv6ExtensionHeader.OPTIONS_GOOD) {
      return true;
    }
    if (result > 0) {
      // RFC 8200 section 4.2: 10 tells the sender in any case, 11 only if it did not ask a group
      boolean alsoGroups = (packet.buffer.get(result) & 0xc0) == 0x80;
      icmp.unknownOption(iface, packet, result, alsoGroups);
    }
    iface.drop(
        packet,
        result == Ipv6ExtensionHeader.OPTIONS_MALFORMED ? IpDrop.MALFORMED : IpDrop.UNKNOWN_OPTION);
    return false;
  }
}
