package io.tapstack.ip;

import io.tapstack.link.Packet;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6FragmentHeader;
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
  private final Reassembly reassembly;

  Ipv6(Ip ip, Icmpv6 icmp, Reassembly reassembly) {
    this.ip = ip;
    this.icmp = icmp;
    this.reassembly = reassembly;
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
    walk(iface, packet, protocol, at + Ipv6Header.LENGTH, pointer, false);
  }

  /**
   * Goes through the extension headers, and hands the packet on.
   *
   * @param firstProtocol what stands at {@code firstPosition}
   * @param firstPointer where that was said
   * @param wasFragmented whether the packet was put together from fragments
   */
  private void walk(
      IpInterface iface,
      Packet packet,
      int firstProtocol,
      int firstPosition,
      int firstPointer,
      boolean wasFragmented) {
    ByteBuffer buffer = packet.buffer;
    int protocol = firstProtocol;
    int position = firstPosition;
    int pointer = firstPointer;
    boolean fragmented = wasFragmented;
    for (int walked = 0; isExtension(protocol); walked++) {
      int left = packet.end - position;
      if (walked == MAX_EXTENSIONS
          || left < Ipv6ExtensionHeader.MIN_LENGTH
          || protocol != IpProtocol.FRAGMENT && !Ipv6ExtensionHeader.check(buffer, position, left)
          || protocol == IpProtocol.FRAGMENT && fragmented) { // CVE-2021-24086: one is enough
        iface.drop(packet, IpDrop.MALFORMED);
        return;
      }
      int length;
      if (protocol != IpProtocol.FRAGMENT) {
        if (!isPassable(iface, packet, protocol, position, pointer, fragmented)) {
          return;
        }
        length = Ipv6ExtensionHeader.length(buffer, position);
      } else if (Ipv6FragmentHeader.isAtomic(buffer, position)) {
        fragmented = true; // RFC 6946: on its own, whatever else has its identification
        length = Ipv6FragmentHeader.LENGTH;
      } else {
        assemble(iface, packet, position);
        return;
      }
      pointer = position;
      protocol = Ipv6ExtensionHeader.nextHeader(buffer, position);
      position += length;
    }
    packet.start = position;
    packet.protocol = protocol;
    dispatch(iface, packet, pointer, fragmented);
  }

  /** Takes a fragment whose Fragment header is at {@code position}. RFC 8200 section 4.5. */
  private void assemble(IpInterface iface, Packet packet, int position) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.networkOffset;
    int offset = Ipv6FragmentHeader.fragmentOffset(buffer, position);
    boolean more = Ipv6FragmentHeader.hasMore(buffer, position);
    packet.start = position + Ipv6FragmentHeader.LENGTH;
    packet.protocol = Ipv6FragmentHeader.nextHeader(buffer, position);
    packet.sequence = offset;
    int code = IcmpHeader.V6_CODE_HEADER_FIELD;
    int pointer = -1;
    if (more && packet.length() % 8 != 0) {
      pointer = at + Ipv6Header.payloadLengthOffset();
    } else if (position - at - Ipv6Header.LENGTH + offset + packet.length() > 0xffff) {
      pointer = position + Ipv6FragmentHeader.OFFSET;
    } else if (offset == 0 && !Ipv6Fragments.hasWholeChain(packet)) {
      code = IcmpHeader.V6_CODE_INCOMPLETE_CHAIN;
      pointer = at; // RFC 7112 section 5: to the beginning
    }
    if (pointer >= 0) {
      icmp.parameterProblem(iface, packet, code, pointer);
    }
    if (pointer >= 0 || packet.length() == 0) {
      iface.drop(packet, IpDrop.BAD_FRAGMENT);
      return;
    }
    int identification = Ipv6FragmentHeader.identification(buffer, position);
    Packet whole = reassembly.add(iface, packet, 0, identification, more);
    if (whole != null) {
      int next = Ipv6Fragments.makeWhole(whole);
      walk(iface, whole, whole.protocol, whole.start, next, true);
    }
  }

  private void dispatch(IpInterface iface, Packet packet, int pointer, boolean fragmented) {
    if (packet.protocol == IpProtocol.ICMPV6) {
      icmp.receive(iface, packet, fragmented);
      return;
    }
    IpTransport transport = ip.transport(packet.protocol);
    if (packet.protocol == IpProtocol.NO_NEXT_HEADER) {
      packet.release(); // RFC 8200 section 4.7: whatever follows is ignored
    } else if (ip.isTooLarge(packet)) {
      iface.drop(packet, IpDrop.TOO_LARGE);
    } else if (transport != null) {
      iface.counters().delivered++;
      transport.receive(iface, packet);
    } else {
      icmp.parameterProblem(iface, packet, IcmpHeader.V6_CODE_NEXT_HEADER, pointer);
      iface.drop(packet, IpDrop.UNKNOWN_PROTOCOL);
    }
  }

  static boolean isExtension(int protocol) {
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
      IpInterface iface,
      Packet packet,
      int protocol,
      int position,
      int pointer,
      boolean fragmented) {
    ByteBuffer buffer = packet.buffer;
    switch (protocol) {
      case IpProtocol.HOP_BY_HOP -> {
        if (fragmented || position != packet.networkOffset + Ipv6Header.LENGTH) {
          // RFC 8200 section 4.1: only directly after the IPv6 header
          icmp.parameterProblem(iface, packet, IcmpHeader.V6_CODE_NEXT_HEADER, pointer);
          iface.drop(packet, IpDrop.MALFORMED);
          return false;
        }
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
        return areOptionsGood(iface, packet, position); // Destination Options
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
