package io.tapstack.ip;

import io.tapstack.link.NeighbourCache;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Mac;
import io.tapstack.wire.NeighbourHeader;
import java.nio.ByteBuffer;

/**
 * Neighbour Solicitations and Advertisements of one interface, RFC 4861 sections 7.1 and 7.2: what
 * ARP is to IPv4. The machine behind it is the {@link NeighbourCache}.
 *
 * <p>Thread: the owner of the stack.
 */
final class NeighbourDiscovery {
  /** RFC 4861 section 7.1: a packet with a lower hop limit came through a router. */
  private static final int HOP_LIMIT = 255;

  private final Ip ip;
  private final IpInterface iface;
  private final PacketPool pool;

  NeighbourDiscovery(Ip ip, IpInterface iface, PacketPool pool) {
    this.ip = ip;
    this.iface = iface;
    this.pool = pool;
  }

  /**
   * Takes in a message whose checksum is right.
   *
   * @param packet {@code start} is at the ICMP header; stays the caller's
   * @return false if it fails a check of RFC 4861 section 7.1.1 or 7.1.2
   */
  boolean receive(Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    int length = packet.length();
    if (packet.ttl != HOP_LIMIT
        || IcmpHeader.code(buffer, at) != 0
        || !NeighbourHeader.check(buffer, at, length)) {
      return false;
    }
    long targetHigh = NeighbourHeader.targetHigh(buffer, at);
    long targetLow = NeighbourHeader.targetLow(buffer, at);
    if (IpAddress.isMulticast(targetHigh, targetLow)) {
      return false;
    }
    return IcmpHeader.type(buffer, at) == IcmpHeader.V6_NEIGHBOUR_SOLICITATION
        ? solicited(packet, targetHigh, targetLow)
        : advertised(packet, targetHigh, targetLow);
  }

  private boolean solicited(Packet packet, long targetHigh, long targetLow) {
    long mac =
        NeighbourHeader.mac(
            packet.buffer, packet.start, packet.length(), NeighbourHeader.SOURCE_MAC);
    boolean probe = packet.sourceHigh == 0 && packet.sourceLow == 0;
    boolean toSolicitedNode =
        packet.destinationHigh == 0xff02L << 48 && packet.destinationLow >>> 24 == 0x1ff;
    if (probe && (!toSolicitedNode || mac != 0)
        || mac != 0 && (!Mac.isUnicast(mac) || mac == iface.mac())) {
      return false;
    }
    if (!iface.hasAddress(targetHigh, targetLow)) {
      return true; // somebody else is meant, whose solicited-node group is the same
    }
    if (probe) {
      // Somebody checks whether the address is free (RFC 4862 section 5.4.3): it is not.
      advertise(
          Mac.ofIpv6Multicast(1),
          targetHigh,
          targetLow,
          IpAddress.ALL_NODES.high(),
          IpAddress.ALL_NODES.low(),
          NeighbourHeader.OVERRIDE);
      return true;
    }
    long answerTo = mac;
    if (iface.isNeighbour(packet.sourceHigh, packet.sourceLow)) {
      if (mac != 0) {
        iface.neighbours().learned(packet.sourceHigh, packet.sourceLow, mac);
      } else {
        answerTo = iface.neighbours().lookup(packet.sourceHigh, packet.sourceLow);
      }
    }
    // Without a MAC, from an entry or the message, the answer asks for it first.
    advertise(
        answerTo == 0 ? NeighbourCache.UNRESOLVED : answerTo,
        targetHigh,
        targetLow,
        packet.sourceHigh,
        packet.sourceLow,
        NeighbourHeader.SOLICITED | NeighbourHeader.OVERRIDE);
    return true;
  }

  private boolean advertised(Packet packet, long targetHigh, long targetLow) {
    int flags = IcmpHeader.rest(packet.buffer, packet.start);
    boolean solicited = (flags & NeighbourHeader.SOLICITED) != 0;
    long mac =
        NeighbourHeader.mac(
            packet.buffer, packet.start, packet.length(), NeighbourHeader.TARGET_MAC);
    if (solicited && packet.linkGroup || mac != 0 && (!Mac.isUnicast(mac) || mac == iface.mac())) {
      return false;
    }
    if (iface.isNeighbour(targetHigh, targetLow)) {
      iface
          .neighbours()
          .advertised(
              targetHigh, targetLow, mac, solicited, (flags & NeighbourHeader.OVERRIDE) != 0);
    }
    return true;
  }

  /**
   * Asks for a neighbour, RFC 4861 section 7.2.2. If no packet is left in the pool nothing is sent;
   * the neighbour cache asks again.
   *
   * @param source one of our addresses
   * @param mac whom to ask, or 0 for the neighbour's solicited-node group
   */
  void solicit(IpAddress source, long targetHigh, long targetLow, long mac) {
    long destinationHigh = targetHigh;
    long destinationLow = targetLow;
    long destinationMac = mac;
    if (mac == 0) {
      destinationHigh = 0xff02L << 48;
      destinationLow = 0x1_ff00_0000L | targetLow & 0xff_ffff;
      destinationMac = Mac.ofIpv6Multicast(destinationLow);
    }
    send(
        destinationMac,
        IcmpHeader.V6_NEIGHBOUR_SOLICITATION,
        0,
        NeighbourHeader.SOURCE_MAC,
        targetHigh,
        targetLow,
        source.high(),
        source.low(),
        destinationHigh,
        destinationLow);
  }

  private void advertise(
      long mac, long high, long low, long destinationHigh, long destinationLow, int flags) {
    send(
        mac,
        IcmpHeader.V6_NEIGHBOUR_ADVERTISEMENT,
        flags,
        NeighbourHeader.TARGET_MAC,
        high,
        low,
        high,
        low,
        destinationHigh,
        destinationLow);
  }

  private void send(
      long mac,
      int type,
      int flags,
      int option,
      long targetHigh,
      long targetLow,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    Packet packet = pool.acquire();
    if (packet == null) {
      iface.counters().drop(IpDrop.NO_BUFFER);
      return;
    }
    int at = packet.start;
    packet.end = at + NeighbourHeader.LENGTH_WITH_MAC;
    NeighbourHeader.write(
        packet.buffer, at, type, flags, targetHigh, targetLow, option, iface.mac());
    long pseudo =
        InternetChecksum.pseudoHeader(
            sourceHigh,
            sourceLow,
            destinationHigh,
            destinationLow,
            IpProtocol.ICMPV6,
            packet.length());
    IcmpHeader.setChecksum(
        packet.buffer,
        at,
        InternetChecksum.finish(InternetChecksum.add(pseudo, packet.buffer, at, packet.length())));
    if (mac == NeighbourCache.UNRESOLVED) {
      ip.send(
          packet,
          sourceHigh,
          sourceLow,
          destinationHigh,
          destinationLow,
          IpProtocol.ICMPV6,
          0,
          HOP_LIMIT);
    } else {
      ip.sendTo(
          iface,
          mac,
          packet,
          sourceHigh,
          sourceLow,
          destinationHigh,
          destinationLow,
          IpProtocol.ICMPV6,
          HOP_LIMIT);
    }
    packet.release();
  }
}
