package io.tapstack.ip;

import io.tapstack.link.Packet;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv4Options;
import java.nio.ByteBuffer;

/**
 * IPv4 input: RFC 791 and RFC 1122 section 3.2.1. Output is {@link Ip#send}, which both versions
 * share.
 *
 * <p>Thread: the owner of the stack.
 */
final class Ipv4 {
  private final Ip ip;
  private final Icmpv4 icmp;
  private final Reassembly reassembly;

  Ipv4(Ip ip, Icmpv4 icmp, Reassembly reassembly) {
    this.ip = ip;
    this.icmp = icmp;
    this.reassembly = reassembly;
  }

  /** Takes a packet over whose {@code start} is at the IPv4 header. */
  void receive(IpInterface iface, Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    if (!Ipv4Header.check(buffer, at, packet.length())) {
      iface.drop(packet, IpDrop.MALFORMED);
    } else if (!Ipv4Header.checksumIsRight(buffer, at)) {
      iface.drop(packet, IpDrop.CHECKSUM);
    } else {
      int source = Ipv4Header.source(buffer, at);
      int destination = Ipv4Header.destination(buffer, at);
      boolean ours = ip.interfaceOf(0, IpAddress.mapped(destination)) != null;
      boolean group = !ours && isGroup(iface, destination);
      if (!isValidSource(iface, source, group)) {
        iface.drop(packet, IpDrop.BAD_SOURCE);
      } else if (!ours && !group || destination >>> 24 == 127) {
        iface.drop(packet, IpDrop.NOT_OURS); // the host never forwards
      } else if (ours && packet.linkGroup) {
        iface.drop(packet, IpDrop.LINK_GROUP);
      } else {
        packet.linkGroup = group;
        deliver(iface, packet);
      }
    }
  }

  private static boolean isGroup(IpInterface iface, int destination) {
    long low = IpAddress.mapped(destination);
    return iface.isBroadcast(0, low) || iface.hasGroup(0, low);
  }

  /**
   * RFC 1122 section 3.2.1.3: no group, no broadcast, no loopback, no class E; and none of ours,
   * which is LAND. 0.0.0.0 only from a host that looks for its address, so only to a group.
   */
  private boolean isValidSource(IpInterface iface, int source, boolean toGroup) {
    if (source == 0) {
      return toGroup;
    }
    long low = IpAddress.mapped(source);
    return AddressTable.isHostV4(source)
        && !iface.isBroadcast(0, low)
        && ip.interfaceOf(0, low) == null;
  }

  /** Hands on a packet with a good header that is for us. */
  void deliver(IpInterface iface, Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    int header = Ipv4Header.headerLength(buffer, at);
    if (header > Ipv4Header.MIN_LENGTH) {
      int options = Ipv4Options.check(buffer, at);
      if (options != Ipv4Options.GOOD) {
        iface.drop(
            packet, options == Ipv4Options.SOURCE_ROUTE ? IpDrop.SOURCE_ROUTE : IpDrop.MALFORMED);
        return;
      }
    }
    packet.networkOffset = at;
    packet.end = at + Ipv4Header.totalLength(buffer, at); // Ethernet padding goes
    packet.start = at + header;
    packet.protocol = Ipv4Header.protocol(buffer, at);
    packet.ttl = Ipv4Header.ttl(buffer, at);
    packet.trafficClass = Ipv4Header.tos(buffer, at);
    packet.sourceHigh = 0;
    packet.sourceLow = IpAddress.mapped(Ipv4Header.source(buffer, at));
    packet.destinationHigh = 0;
    packet.destinationLow = IpAddress.mapped(Ipv4Header.destination(buffer, at));
    if (Ipv4Header.isFragment(buffer, at)) {
      assemble(iface, packet);
    } else {
      dispatch(iface, packet);
    }
  }

  private void assemble(IpInterface iface, Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.networkOffset;
    boolean more = Ipv4Header.hasMoreFragments(buffer, at);
    int offset = Ipv4Header.fragmentOffset(buffer, at);
    int length = packet.length();
    // Teardrop, and the ping of death: neither a run that is none, nor one beyond the largest
    // datagram.
    if (length == 0 || more && length % 8 != 0 || packet.end - at + offset > 0xffff) {
      iface.drop(packet, IpDrop.BAD_FRAGMENT);
      return;
    }
    packet.sequence = offset;
    int identification = Ipv4Header.identification(buffer, at);
    Packet whole = reassembly.add(iface, packet, packet.protocol, identification, more);
    if (whole != null) {
      Ipv4Header.makeWhole(
          whole.buffer, whole.networkOffset, whole.trafficClass, whole.end - whole.networkOffset);
      dispatch(iface, whole);
    }
  }

  private void dispatch(IpInterface iface, Packet packet) {
    if (packet.protocol == IpProtocol.ICMPV4) {
      icmp.receive(iface, packet);
      return;
    }
    IpTransport transport = ip.transport(packet.protocol);
    if (ip.isTooLarge(packet)) {
      iface.drop(packet, IpDrop.TOO_LARGE);
    } else if (transport != null) {
      iface.counters().delivered++;
      transport.receive(iface, packet);
    } else {
      icmp.protocolUnreachable(iface, packet);
      iface.drop(packet, IpDrop.UNKNOWN_PROTOCOL);
    }
  }
}
