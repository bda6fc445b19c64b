package io.tapstack.ip;

import io.tapstack.base.Result;
import io.tapstack.base.StackTime;
import io.tapstack.base.TimerWheel;
import io.tapstack.link.Arp;
import io.tapstack.link.Link;
import io.tapstack.link.NeighbourCache;
import io.tapstack.link.NeighbourEvents;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.link.PartialChecksum;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Mac;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A link with addresses: what IP knows of it, its neighbours and its counters. Made by {@link
 * Ip#attach}.
 *
 * <p>Thread: the owner of the stack.
 */
public final class IpInterface {
  private static final int LINK_LOCAL_PREFIX = 64;

  private final Ip ip;
  private final Link link;
  private final PacketPool pool;
  private final AddressTable addresses = new AddressTable();
  private final NeighbourCache neighbours;
  private final Arp arp;
  private final NeighbourDiscovery discovery;
  private final IpCounters counters = new IpCounters();

  IpInterface(
      Ip ip,
      Link link,
      StackTime time,
      TimerWheel timers,
      PacketPool pool,
      RandomGenerator random) {
    this.ip = ip;
    this.link = link;
    this.pool = pool;
    neighbours =
        new NeighbourCache(
            time, timers, pool, random, new Resolution(), NeighbourCache.DEFAULT_CAPACITY);
    arp = new Arp(link, pool, neighbours, addresses);
    discovery = new NeighbourDiscovery(ip, this, pool);
  }

  // ---- what it is ----

  /** The link it sends through. */
  public Link link() {
    return link;
  }

  /** The link's name. */
  public String name() {
    return link.name();
  }

  /** Our MAC address on the link. */
  public long mac() {
    return link.mac();
  }

  /** The largest IP packet in bytes that it carries. */
  public int mtu() {
    return Math.min(link.mtu(), 0xffff);
  }

  /** What it carried and dropped. */
  public IpCounters counters() {
    return counters;
  }

  /** The neighbours on its link. */
  public NeighbourCache neighbours() {
    return neighbours;
  }

  /** Its ARP. */
  public Arp arp() {
    return arp;
  }

  NeighbourDiscovery discovery() {
    return discovery;
  }

  // ---- addresses ----

  /**
   * Adds a unicast address and the route to its network, which is on the link. The first IPv6
   * address brings a link-local one with it (RFC 4291 section 2.1: every interface has one).
   *
   * @param prefixLength 0 to 32, or 0 to 128
   * @return OK; INVALID for an address that no host can have or a wrong prefix length;
   *     ADDRESS_IN_USE if the stack has it already; LIMIT if the interface or the route table is
   *     full
   */
  public Result addAddress(IpAddress address, int prefixLength) {
    if (prefixLength < 0 || prefixLength > address.bits() || !addresses.mayHave(address)) {
      return Result.INVALID;
    }
    if (ip.isLocal(address.high(), address.low())) {
      return Result.ADDRESS_IN_USE;
    }
    if (!address.isV4() && !address.isLinkLocalV6() && linkLocal() == null) {
      Result result = addLinkLocal();
      if (result != Result.OK) {
        return result;
      }
    }
    if (addresses.isFull()) {
      return Result.LIMIT;
    }
    Result result = ip.routes().add(address, prefixLength, null, this);
    if (result == Result.OK) {
      addresses.add(new InterfaceAddress(address, prefixLength));
    }
    return result;
  }

  /**
   * Adds the link-local address that follows from the MAC address (RFC 4291 appendix A).
   *
   * @return as {@link #addAddress}
   */
  public Result addLinkLocal() {
    long mac = link.mac();
    long identifier = (mac & 0xffff_ff00_0000L) << 16 | 0xff_fe00_0000L | mac & 0xff_ffffL;
    return addAddress(
        new IpAddress(0xfe80L << 48, identifier ^ 0x0200_0000_0000_0000L), LINK_LOCAL_PREFIX);
  }

  /** The first link-local IPv6 address, or null if there is none. */
  public @Nullable IpAddress linkLocal() {
    for (InterfaceAddress entry : addresses.list()) {
      if (entry.address().isLinkLocalV6()) {
        return entry.address();
      }
    }
    return null;
  }

  /**
   * Removes an address, and its network's route if no other address is in that network.
   *
   * @return false if the interface does not have it
   */
  public boolean removeAddress(IpAddress address) {
    InterfaceAddress removed = addresses.remove(address);
    if (removed == null) {
      return false;
    }
    int prefixLength = removed.prefixLength();
    IpAddress network = Prefixes.network(address, prefixLength);
    for (InterfaceAddress other : addresses.list()) {
      if (other.prefixLength() == prefixLength
          && Prefixes.network(other.address(), prefixLength).equals(network)) {
        return true;
      }
    }
    ip.routes().remove(network, prefixLength, null, this);
    return true;
  }

  /** The addresses in the order in which they were added. */
  public List<InterfaceAddress> addresses() {
    return addresses.list();
  }

  /** Whether it has this unicast address. */
  public boolean hasAddress(long high, long low) {
    return addresses.contains(high, low);
  }

  /** Whether packets to this group are ours: all hosts or nodes, and our solicited nodes. */
  public boolean hasGroup(long high, long low) {
    return addresses.isGroup(high, low);
  }

  /** Whether this IPv4 address means everybody on the link. */
  public boolean isBroadcast(long high, long low) {
    return IpAddress.isV4(high, low) && addresses.isBroadcast((int) low);
  }

  /** Whether it may be the address of another host on this link. */
  boolean isNeighbour(long high, long low) {
    return addresses.isNeighbour(high, low);
  }

  @Nullable IpAddress selectSource(IpAddress destination, IpAddress near) {
    return addresses.selectSource(destination, near);
  }

  // ---- output ----

  /**
   * Sends a packet to a next hop on this link.
   *
   * @param packet {@code start} is at the network header
   */
  Result output(Packet packet, long nextHigh, long nextLow) {
    long mac;
    if (IpAddress.isV4(nextHigh, nextLow)) {
      if (IpAddress.isMulticast(nextHigh, nextLow)) {
        mac = Mac.ofIpv4Multicast(nextLow);
      } else if (addresses.isBroadcast((int) nextLow)) {
        mac = Mac.BROADCAST;
      } else {
        mac = neighbours.lookup(nextHigh, nextLow);
      }
    } else if (IpAddress.isMulticast(nextHigh, nextLow)) {
      mac = Mac.ofIpv6Multicast(nextLow);
    } else {
      mac = neighbours.lookup(nextHigh, nextLow);
    }
    if (mac != NeighbourCache.UNRESOLVED) {
      return transmit(packet, mac);
    }
    if (neighbours.await(nextHigh, nextLow, packet)) {
      return Result.OK;
    }
    counters.drop(IpDrop.NEIGHBOUR);
    return Result.LIMIT;
  }

  /** Sends a packet whose {@code start} is at the network header to a MAC address. */
  Result transmit(Packet packet, long mac) {
    int type =
        packet.buffer.get(packet.start) >> 4 == 4
            ? EthernetHeader.TYPE_IPV4
            : EthernetHeader.TYPE_IPV6;
    packet.start -= EthernetHeader.LENGTH;
    EthernetHeader.write(packet.buffer, packet.start, mac, link.mac(), type);
    if (packet.checksumStart >= 0 && !link.capabilities().checksum()) {
      PartialChecksum.complete(packet);
    }
    if (!link.transmit(packet)) {
      counters.drop(IpDrop.DEVICE);
      return Result.LIMIT;
    }
    counters.framesOut++;
    counters.bytesOut += packet.totalLength();
    return Result.OK;
  }

  void drop(Packet packet, IpDrop why) {
    counters.drop(why);
    packet.release();
  }

  @Override
  public String toString() {
    return link.name() + " " + Mac.toString(link.mac()) + " " + addresses.list();
  }

  /** What the neighbour cache asks of this interface. */
  private final class Resolution implements NeighbourEvents {
    @Override
    public void solicit(long high, long low, long mac) {
      IpAddress source = addresses.solicitFrom(high, low);
      if (source == null) {
        return; // no address to ask from: the entry fails, and whoever waits hears of it
      }
      if (source.isV4()) {
        arp.request(source.v4(), (int) low, mac);
      } else {
        discovery.solicit(source, high, low, mac);
      }
    }

    @Override
    public void resolved(Packet packet, long mac) {
      transmit(packet, mac);
    }

    @Override
    public void unresolved(Packet packet) {
      ip.unresolved(packet);
    }
  }
}
