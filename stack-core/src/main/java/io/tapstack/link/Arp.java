package io.tapstack.link;

import io.tapstack.wire.ArpHeader;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Mac;

/**
 * The Address Resolution Protocol for IPv4 over Ethernet, RFC 826: answers for our own addresses,
 * asks for others, and tells the {@link NeighbourCache} what it hears.
 *
 * <p>An address is only learned from somebody who asked for us, or answered us; all others may at
 * most change what is known. Never learned: addresses that are ours, that are not on the link, or
 * that come with a group's MAC. A packet whose sender is not the station that sent the frame is
 * dropped: it is damaged (ARP has no checksum of its own) or forged.
 *
 * <p>Thread: the owner of the stack.
 */
public final class Arp {
  /** Which IPv4 addresses are ours and which may be a neighbour's. */
  public interface Addresses {
    /** Whether it is one of ours on this interface. */
    boolean isOurs(int address);

    /** Whether it is another host's, on this link: unicast, no broadcast address. */
    boolean isNeighbour(int address);
  }

  private final Link link;
  private final PacketPool pool;
  private final NeighbourCache neighbours;
  private final Addresses addresses;
  private long repliesSent;
  private long malformed;
  private long ignored;
  private long conflicts;
  private long mismatches;

  /** Creates the protocol for one link. */
  public Arp(Link link, PacketPool pool, NeighbourCache neighbours, Addresses addresses) {
    this.link = link;
    this.pool = pool;
    this.neighbours = neighbours;
    this.addresses = addresses;
  }

  /**
   * Takes in an ARP packet and answers in place if it asks for us.
   *
   * @param frame {@code start} is after the Ethernet header, which is still before it; stays the
   *     caller's
   */
  public void receive(Packet frame) {
    if (!ArpHeader.check(frame.buffer, frame.start, frame.length())) {
      malformed++;
      return;
    }
    int operation = ArpHeader.operation(frame.buffer, frame.start);
    long senderMac = ArpHeader.senderMac(frame.buffer, frame.start);
    int sender = ArpHeader.senderIp(frame.buffer, frame.start);
    int target = ArpHeader.targetIp(frame.buffer, frame.start);
    if (!Mac.isUnicast(senderMac)
        || senderMac == link.mac()
        || operation != ArpHeader.REQUEST && operation != ArpHeader.REPLY) {
      ignored++;
      return;
    }
    if (senderMac != EthernetHeader.source(frame.buffer, frame.start - EthernetHeader.LENGTH)) {
      mismatches++;
      return;
    }
    if (addresses.isOurs(sender)) {
      conflicts++; // RFC 5227 section 2.4: somebody else claims our address; it is not believed
      return;
    }
    boolean forUs = addresses.isOurs(target);
    if (addresses.isNeighbour(sender)) {
      long key = IpAddress.mapped(sender);
      if (operation == ArpHeader.REPLY && forUs) {
        neighbours.advertised(0, key, senderMac, neighbours.isAwaited(0, key), true);
      } else if (forUs) {
        neighbours.learned(0, key, senderMac);
      } else {
        neighbours.announced(0, key, senderMac);
      }
    }
    if (operation == ArpHeader.REQUEST && forUs) {
      // A probe (RFC 5227 section 2.1.1) has the sender 0.0.0.0 and is answered like any other.
      send(frame, ArpHeader.REPLY, target, senderMac, senderMac, sender);
      repliesSent++;
    }
  }

  /**
   * Asks for a neighbour's MAC address. If no packet is left in the pool nothing is sent; the
   * neighbour cache asks again.
   *
   * @param source one of our addresses
   * @param mac whom to ask, or 0 for everybody
   * @return whether the link took it
   */
  public boolean request(int source, int target, long mac) {
    Packet packet = pool.acquire();
    if (packet == null) {
      return false;
    }
    boolean sent =
        send(packet, ArpHeader.REQUEST, source, mac == 0 ? Mac.BROADCAST : mac, 0, target);
    packet.release();
    return sent;
  }

  private boolean send(
      Packet packet, int operation, int sender, long destination, long targetMac, int target) {
    ArpHeader.write(packet.buffer, packet.start, operation, link.mac(), sender, targetMac, target);
    packet.end = packet.start + ArpHeader.LENGTH;
    packet.start -= EthernetHeader.LENGTH;
    EthernetHeader.write(
        packet.buffer, packet.start, destination, link.mac(), EthernetHeader.TYPE_ARP);
    return link.transmit(packet);
  }

  /** Requests answered. */
  public long repliesSent() {
    return repliesSent;
  }

  /** Packets that are no ARP for IPv4 over Ethernet. */
  public long malformed() {
    return malformed;
  }

  /** Packets with a sender that cannot be, or an unknown operation. */
  public long ignored() {
    return ignored;
  }

  /** Packets from somebody who claims one of our addresses. */
  public long conflicts() {
    return conflicts;
  }

  /** Packets whose sender's MAC address is not the one that the frame came from. */
  public long mismatches() {
    return mismatches;
  }
}
