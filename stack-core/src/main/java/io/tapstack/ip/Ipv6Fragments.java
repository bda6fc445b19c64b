package io.tapstack.ip;

import io.tapstack.link.Packet;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.UdpHeader;
import java.nio.ByteBuffer;

/**
 * What the extension headers of IPv6 mean for fragments. A first fragment's {@code start} is just
 * behind its Fragment header, and {@code protocol} what stands there.
 */
final class Ipv6Fragments {
  private static final int INCOMPLETE = -1;

  private Ipv6Fragments() {}

  /**
   * Whether a first fragment holds every header up to the transport's, RFC 7112 section 5. A second
   * Fragment header ends the chain: what it makes of the packet is judged when that is whole.
   */
  static boolean hasWholeChain(Packet first) {
    return upperLayer(first) != INCOMPLETE;
  }

  /** Whether a first fragment with its whole chain belongs to an ICMP error. */
  static boolean isIcmpError(Packet first) {
    int upper = upperLayer(first);
    return (upper & 0xff) == IpProtocol.ICMPV6
        && upper != INCOMPLETE
        && IcmpHeader.type(first.buffer, upper >>> 8) < IcmpHeader.V6_ECHO;
  }

  /** Position and, in the lowest 8 bits, protocol of what ends the chain; or INCOMPLETE. */
  private static int upperLayer(Packet first) {
    ByteBuffer buffer = first.buffer;
    int protocol = first.protocol;
    int position = first.start;
    for (int walked = 0; Ipv6.isExtension(protocol) && protocol != IpProtocol.FRAGMENT; walked++) {
      if (walked == Ipv6.MAX_EXTENSIONS
          || !Ipv6ExtensionHeader.check(buffer, position, first.end - position)) {
        return INCOMPLETE;
      }
      int length = Ipv6ExtensionHeader.length(buffer, position);
      protocol = Ipv6ExtensionHeader.nextHeader(buffer, position);
      position += length;
    }
    int least =
        switch (protocol) {
          case IpProtocol.TCP -> TcpHeader.MIN_LENGTH;
          case IpProtocol.UDP -> UdpHeader.LENGTH;
          case IpProtocol.ICMPV6 -> IcmpHeader.LENGTH;
          default -> 0;
        };
    return first.end - position < least ? INCOMPLETE : position << 8 | protocol;
  }

  /**
   * Makes the headers of a datagram that was put together those of a whole one.
   *
   * @return where the protocol of what follows them is named
   */
  static int makeWhole(Packet whole) {
    ByteBuffer buffer = whole.buffer;
    int at = whole.networkOffset;
    int payload = whole.end - at - Ipv6Header.LENGTH;
    Ipv6Header.makeWhole(buffer, at, whole.trafficClass, payload);
    int pointer = at + Ipv6Header.nextHeaderOffset();
    int position = at + Ipv6Header.LENGTH;
    while (position < whole.start) { // they were walked when they came
      pointer = position;
      position += Ipv6ExtensionHeader.length(buffer, position);
    }
    buffer.put(pointer, (byte) whole.protocol);
    return pointer;
  }
}
