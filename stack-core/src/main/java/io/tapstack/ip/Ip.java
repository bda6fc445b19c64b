package io.tapstack.ip;

import io.tapstack.base.Result;
import io.tapstack.base.SipHash;
import io.tapstack.base.StackTime;
import io.tapstack.base.TimerWheel;
import io.tapstack.link.Link;
import io.tapstack.link.NeighbourCache;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.link.PacketPools;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6FragmentHeader;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.Mac;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The IP layer's front: frames in, packets out, addresses and routes. See the package's text.
 *
 * <p>Thread: the owner of the stack.
 */
public final class Ip {
  /** The TTL and hop limit of packets unless the application says otherwise (RFC 1700). */
  public static final int DEFAULT_TTL = 64;

  /** How many interfaces a stack may have. */
  public static final int MAX_INTERFACES = 64;

  private final StackTime time;
  private final TimerWheel timers;
  private final PacketPool pool;
  private final PacketPools packets;
  private final RandomGenerator random;
  private final SipHash flowHash;
  private final RouteTable routes = new RouteTable();
  private final @Nullable IpTransport[] transports = new IpTransport[256];
  private final Ipv4 ipv4;
  private final Ipv6 ipv6;
  private final Icmpv4 icmpv4;
  private final Icmpv6 icmpv6;
  private final EchoClient echo;
  private final Reassembly reassembly;
  private final Fragmentation fragmentation;
  private final LoopQueue loop;
  private final PathMtuCache streamPaths;
  private final PathMtuCache datagramPaths;
  private IpInterface[] interfaces = new IpInterface[0];
  private long noRoute;

  /** Creates the layer without interfaces. */
  public Ip(StackTime time, TimerWheel timers, PacketPool pool, RandomGenerator random) {
    this.time = time;
    this.timers = timers;
    this.pool = pool;
    this.random = random;
    flowHash = SipHash.withRandomKey(random);
    packets = new PacketPools(pool);
    echo = new EchoClient(this, packets);
    IcmpLimiter limiter = new IcmpLimiter(time, random);
    icmpv4 = new Icmpv4(this, pool, limiter, echo);
    icmpv6 = new Icmpv6(this, pool, limiter, echo);
    reassembly = new Reassembly(time, timers, packets, icmpv4, icmpv6);
    fragmentation = new Fragmentation(packets, random);
    ipv4 = new Ipv4(this, icmpv4, reassembly);
    ipv6 = new Ipv6(this, icmpv6, reassembly);
    loop = new LoopQueue(packets);
    streamPaths = new PathMtuCache(time, random);
    datagramPaths = new PathMtuCache(time, random);
  }

  // ---- what it is made of ----

  /**
   * Adds an interface for a link, without addresses.
   *
   * @throws IllegalStateException if there are {@link #MAX_INTERFACES} already
   */
  public IpInterface attach(Link link) {
    if (interfaces.length == MAX_INTERFACES) {
      throw new IllegalStateException(
          "a stack has at most " + MAX_INTERFACES + " interfaces; use a second stack");
    }
    IpInterface iface = new IpInterface(this, link, time, timers, pool, random);
    List<IpInterface> all = new ArrayList<>(List.of(interfaces));
    all.add(iface);
    interfaces = all.toArray(IpInterface[]::new);
    return iface;
  }

  /** Registers the transport of a protocol number; ICMP is built in. */
  public void register(int protocol, IpTransport transport) {
    transports[protocol] = transport;
  }

  /** The routes of both families. */
  public RouteTable routes() {
    return routes;
  }

  /** The interfaces in the order in which they were attached. */
  public List<IpInterface> interfaces() {
    return List.of(interfaces);
  }

  /** What {@code ping} uses. */
  public EchoClient echo() {
    return echo;
  }

  /**
   * What TCP found out about paths; all heed it but ICMP, whose answers anybody can ask for to
   * measure them.
   */
  public PathMtuCache streamPaths() {
    return streamPaths;
  }

  /**
   * What was found out about paths by datagrams, which is easier to forge: each entry holds for the
   * local port whose datagram was too big. Apart from TCP's, so that neither takes the other's
   * room.
   */
  public PathMtuCache datagramPaths() {
    return datagramPaths;
  }

  /**
   * Sets the least MTU that IPv4 paths are believed to have; {@link Icmpv4#MIN_PATH_MTU} by
   * default.
   *
   * @param mtu 68 (RFC 791) to 1500
   */
  public void minPathMtuV4(int mtu) {
    if (mtu < Icmpv4.LEAST_MTU || mtu > 1500) {
      throw new IllegalArgumentException(
          "an IPv4 path of " + mtu + " bytes is not possible; expected 68 to 1500");
    }
    icmpv4.minPathMtu(mtu);
  }

  /** The least MTU that IPv4 paths are believed to have. */
  public int minPathMtuV4() {
    return icmpv4.minPathMtu();
  }

  /** Packets that could not be sent because no route leads to their destination. */
  public long noRoute() {
    return noRoute;
  }

  /** Packets to our own addresses that were dropped because too many waited. */
  public long loopDropped() {
    return loop.dropped();
  }

  /** The stack's packets, and those for datagrams that are larger than a frame. */
  public PacketPools packets() {
    return packets;
  }

  /** How many datagrams are being put together from fragments. */
  public int partialDatagrams() {
    return reassembly.size();
  }

  /** How many fragments wait for others. */
  public int heldFragments() {
    return reassembly.held();
  }

  @Nullable IpTransport transport(int protocol) {
    return transports[protocol];
  }

  // ---- input ----

  /**
   * Takes in a frame. Whatever it holds, this does not throw.
   *
   * @param frame {@code start} is at the Ethernet header; owned by this layer from here on
   */
  public void receive(IpInterface iface, Packet frame) {
    IpCounters counters = iface.counters();
    counters.framesIn++;
    counters.bytesIn += frame.length();
    if (!EthernetHeader.check(frame.length())) {
      iface.drop(frame, IpDrop.RUNT);
      return;
    }
    ByteBuffer buffer = frame.buffer;
    long destination = EthernetHeader.destination(buffer, frame.start);
    frame.linkGroup = Mac.isGroup(destination);
    if (!frame.linkGroup && destination != iface.mac()) {
      iface.drop(frame, IpDrop.OTHER_STATION);
      return;
    }
    if (Mac.isGroup(EthernetHeader.source(buffer, frame.start))) {
      iface.drop(frame, IpDrop.BAD_MAC);
      return;
    }
    int type = EthernetHeader.type(buffer, frame.start);
    frame.start += EthernetHeader.LENGTH;
    switch (type) {
      case EthernetHeader.TYPE_IPV4 -> ipv4.receive(iface, frame);
      case EthernetHeader.TYPE_IPV6 -> ipv6.receive(iface, frame);
      case EthernetHeader.TYPE_ARP -> {
        iface.arp().receive(frame);
        frame.release();
      }
      case EthernetHeader.TYPE_VLAN, 0x88a8 -> iface.drop(frame, IpDrop.VLAN); // 802.1Q, 802.1ad
      default ->
          iface.drop(
              frame,
              type < EthernetHeader.TYPE_MIN ? IpDrop.LENGTH_FIELD : IpDrop.UNKNOWN_ETHERTYPE);
    }
  }

  /**
   * Whether a packet was put together to more than a frame holds, for TCP: its peers know the
   * largest segment that we take, and the few large packets must not wait in its receive buffers.
   */
  boolean isTooLarge(Packet packet) {
    return packet.protocol == IpProtocol.TCP && packets.isLarge(packet);
  }

  /**
   * Delivers the packets to our own addresses that waited when it was called; what they cause waits
   * for the next call.
   *
   * @return whether there were any
   */
  public boolean deliverLooped() {
    int count = loop.size();
    for (int i = 0; i < count; i++) {
      Packet packet = loop.take();
      IpInterface iface = interfaceOf(packet.destinationHigh, packet.destinationLow);
      if (iface == null) {
        packet.release(); // the address was removed while the packet waited
      } else if (IpAddress.isV4(packet.destinationHigh, packet.destinationLow)) {
        ipv4.deliver(iface, packet);
      } else {
        ipv6.deliver(iface, packet);
      }
    }
    return count > 0;
  }

  /** Whether packets to our own addresses wait for {@link #deliverLooped}. */
  public boolean hasLooped() {
    return loop.size() > 0;
  }

  // ---- output ----

  /**
   * Sends a packet. It stays the caller's, and {@code start} is where it was when this returns; a
   * partial checksum may have been completed.
   *
   * @param packet {@code start} is at the transport header, with at least 54 bytes before it
   * @param sourceHigh the source: one of our addresses, or "any" where a protocol allows it
   * @param trafficClass the type of service, with the two ECN bits
   * @param ttl 1 to 255
   * @return OK if it was given to the link, in fragments if it does not fit the MTU, or waits for
   *     its next hop; NO_ROUTE; TOO_LARGE for TCP that does not fit the MTU, and for more than an
   *     IP header can announce; LIMIT if a queue was full or no buffer left; INVALID for a
   *     destination that is no address to send to
   */
  public Result send(
      Packet packet,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int protocol,
      int trafficClass,
      int ttl) {
    if (IpAddress.isAny(destinationHigh, destinationLow)
        || IpAddress.isV4(sourceHigh, sourceLow)
            != IpAddress.isV4(destinationHigh, destinationLow)) {
      return Result.INVALID;
    }
    int start = packet.start;
    IpInterface iface = interfaceOf(destinationHigh, destinationLow);
    boolean ours = iface != null;
    long nextHigh = destinationHigh;
    long nextLow = destinationLow;
    if (iface == null && isBoundToLink(destinationHigh, destinationLow)) {
      iface = outgoing(sourceHigh, sourceLow, destinationHigh, destinationLow);
    } else if (iface == null) {
      Route route = routes.lookup(destinationHigh, destinationLow);
      if (route != null) {
        iface = route.iface();
        IpAddress gateway = route.gateway();
        if (gateway != null) {
          nextHigh = gateway.high();
          nextLow = gateway.low();
        }
      }
    }
    if (iface == null) {
      noRoute++;
      return Result.NO_ROUTE;
    }
    // TCP heeds the MTU by itself. A super-segment is cut by the device: only the length field
    // limits it.
    boolean whole = protocol == IpProtocol.TCP && packet.segmentSize == 0;
    Result result =
        prepend(
            iface,
            whole ? iface.mtu() : PacketPools.MAX_LENGTH,
            packet,
            sourceHigh,
            sourceLow,
            destinationHigh,
            destinationLow,
            protocol,
            trafficClass,
            ttl);
    if (result == Result.OK) {
      if (ours) {
        result = loop.add(packet, destinationHigh, destinationLow);
      } else if (whole || packet.segmentSize != 0) {
        result = iface.output(packet, nextHigh, nextLow);
      } else {
        int mtu = iface.mtu();
        if (protocol != IpProtocol.ICMPV4 && protocol != IpProtocol.ICMPV6) {
          boolean ported = protocol == IpProtocol.UDP && packet.end - start >= 2;
          int port = ported ? packet.buffer.getShort(start) & 0xffff : 0;
          mtu = streamPaths.mtu(destinationHigh, destinationLow, 0, mtu);
          mtu = datagramPaths.mtu(destinationHigh, destinationLow, port, mtu);
        }
        result =
            packet.totalLength() > mtu
                ? fragmentation.send(iface, mtu, packet, nextHigh, nextLow)
                : iface.output(packet, nextHigh, nextLow);
      }
    }
    packet.start = start;
    return result;
  }

  /**
   * Sends a packet through a given interface straight to a MAC address. As {@link #send} otherwise.
   */
  Result sendTo(
      IpInterface iface,
      long mac,
      Packet packet,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int protocol,
      int ttl) {
    int start = packet.start;
    Result result =
        prepend(
            iface,
            iface.mtu(),
            packet,
            sourceHigh,
            sourceLow,
            destinationHigh,
            destinationLow,
            protocol,
            0,
            ttl);
    if (result == Result.OK) {
      result = iface.transmit(packet, mac);
    }
    packet.start = start;
    return result;
  }

  private Result prepend(
      IpInterface iface,
      int most,
      Packet packet,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int protocol,
      int trafficClass,
      int ttl) {
    int length = packet.totalLength();
    boolean v4 = IpAddress.isV4(destinationHigh, destinationLow);
    int total = length + (v4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH);
    if (total > most || (v4 ? total : length) > 0xffff) {
      iface.counters().drop(IpDrop.TOO_LARGE);
      return Result.TOO_LARGE;
    }
    if (v4) {
      packet.start -= Ipv4Header.MIN_LENGTH;
      // RFC 6864 section 4.1: a datagram that may not be cut needs no identification.
      boolean atomic = protocol == IpProtocol.TCP;
      Ipv4Header.write(
          packet.buffer,
          packet.start,
          trafficClass,
          total,
          atomic ? 0 : random.nextInt(0x10000),
          atomic ? Ipv4Header.DONT_FRAGMENT : 0,
          ttl,
          protocol,
          (int) sourceLow,
          (int) destinationLow);
    } else {
      int ports = packet.length() >= 4 ? packet.buffer.getInt(packet.start) : 0;
      packet.start -= Ipv6Header.LENGTH;
      Ipv6Header.write(
          packet.buffer,
          packet.start,
          trafficClass,
          flowLabel(sourceLow, destinationHigh, destinationLow, protocol, ports),
          length,
          protocol,
          ttl,
          sourceHigh,
          sourceLow,
          destinationHigh,
          destinationLow);
    }
    return Result.OK;
  }

  /** RFC 6437 section 3: the same label for a flow, not to be guessed from outside. */
  private int flowLabel(
      long sourceLow, long destinationHigh, long destinationLow, int protocol, int ports) {
    if (protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
      return 0;
    }
    return (int) flowHash.hash(sourceLow, destinationHigh, destinationLow, ports, protocol)
        & 0xf_ffff;
  }

  /** Groups, the limited broadcast and link-local addresses say nothing about which link. */
  private static boolean isBoundToLink(long high, long low) {
    return IpAddress.isMulticast(high, low)
        || IpAddress.isLinkLocalV6(high)
        || IpAddress.isV4(high, low) && (int) low == -1;
  }

  /** The interface whose address the source is, or that the routes choose, or the first one. */
  private @Nullable IpInterface outgoing(
      long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
    IpInterface iface = interfaceOf(sourceHigh, sourceLow);
    if (iface == null) {
      Route route = routes.lookup(destinationHigh, destinationLow);
      iface = route != null ? route.iface() : interfaces.length > 0 ? interfaces[0] : null;
    }
    return iface;
  }

  /** Says that nobody listens on the port a packet was sent to. The packet stays the caller's. */
  public void portUnreachable(IpInterface iface, Packet packet) {
    if (IpAddress.isV4(packet.sourceHigh, packet.sourceLow)) {
      icmpv4.portUnreachable(iface, packet);
    } else {
      icmpv6.portUnreachable(iface, packet);
    }
  }

  /** A packet that waited for its next hop in vain: its transport hears of it. */
  void unresolved(Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    boolean v4 = buffer.get(at) >> 4 == 4;
    int header = v4 ? Ipv4Header.MIN_LENGTH : Ipv6Header.LENGTH;
    int protocol = v4 ? Ipv4Header.protocol(buffer, at) : Ipv6Header.nextHeader(buffer, at);
    int offset = v4 ? Ipv4Header.fragmentOffset(buffer, at) : 0;
    if (!v4 && protocol == IpProtocol.FRAGMENT) {
      offset = Ipv6FragmentHeader.fragmentOffset(buffer, at + header);
      protocol = Ipv6FragmentHeader.nextHeader(buffer, at + header);
      header += Ipv6FragmentHeader.LENGTH;
    }
    if (offset != 0) {
      return; // the transport's header is in the first fragment, which waited as well
    }
    IpTransport transport =
        protocol == (v4 ? IpProtocol.ICMPV4 : IpProtocol.ICMPV6) ? echo : transports[protocol];
    if (transport == null || packet.length() < header + 8) {
      return;
    }
    transport.unreachable(
        Unreachable.NEIGHBOUR,
        v4 ? 0 : Ipv6Header.sourceHigh(buffer, at),
        v4 ? IpAddress.mapped(Ipv4Header.source(buffer, at)) : Ipv6Header.sourceLow(buffer, at),
        v4 ? 0 : Ipv6Header.destinationHigh(buffer, at),
        v4
            ? IpAddress.mapped(Ipv4Header.destination(buffer, at))
            : Ipv6Header.destinationLow(buffer, at),
        buffer,
        at + header,
        packet.length() - header);
  }

  // ---- addresses ----

  /** Whether it is a unicast address of this stack, loopback addresses included. */
  public boolean isLocal(long high, long low) {
    return interfaceOf(high, low) != null || isLoopback(high, low);
  }

  /** Whether it is the limited broadcast address or means everybody on one of our links. */
  public boolean isBroadcast(long high, long low) {
    for (IpInterface iface : interfaces) {
      if (iface.isBroadcast(high, low)) {
        return true;
      }
    }
    return IpAddress.isV4(high, low) && (int) low == -1;
  }

  static boolean isLoopback(long high, long low) {
    return high == 0 && (low == 1 || IpAddress.isV4(0, low) && (low >> 24 & 0xff) == 127);
  }

  /** The interface that has an address; for loopback addresses the first; null if none has. */
  @Nullable IpInterface interfaceOf(long high, long low) {
    for (IpInterface iface : interfaces) {
      if (iface.hasAddress(high, low)) {
        return iface;
      }
    }
    return interfaces.length > 0 && isLoopback(high, low) ? interfaces[0] : null;
  }

  /**
   * The address to send from to a destination, after the rules of RFC 6724 section 5 that matter to
   * static addresses: the destination itself (rule 1), the same scope (2), the longest common
   * prefix (8).
   *
   * @return null if no route leads there or no address of that family is configured
   */
  public @Nullable IpAddress selectSource(IpAddress destination) {
    if (isLocal(destination.high(), destination.low())) {
      return destination;
    }
    if (destination.isAny()) {
      return null;
    }
    if (isBoundToLink(destination.high(), destination.low())) {
      Route route = routes.lookup(destination.high(), destination.low());
      if (route != null) {
        return route.iface().selectSource(destination, destination);
      }
      for (IpInterface iface : interfaces) {
        IpAddress source = iface.selectSource(destination, destination);
        if (source != null) {
          return source;
        }
      }
      return null;
    }
    Route route = routes.lookup(destination.high(), destination.low());
    if (route == null) {
      return null;
    }
    IpAddress gateway = route.gateway();
    // Of several IPv4 addresses, the one in the gateway's network is the one it knows us by.
    IpAddress near = gateway != null && destination.isV4() ? gateway : destination;
    return route.iface().selectSource(destination, near);
  }

  /**
   * The largest IP packet in bytes that the path to a destination carries, as far as TCP knows, or
   * 0 without a route.
   */
  public int mtuTo(long destinationHigh, long destinationLow) {
    int mtu = linkMtuTo(destinationHigh, destinationLow);
    return streamPaths.mtu(destinationHigh, destinationLow, 0, mtu);
  }

  /** The MTU of the link on which packets to a destination leave, or 0 without a route. */
  public int linkMtuTo(long destinationHigh, long destinationLow) {
    IpInterface iface = interfaceOf(destinationHigh, destinationLow);
    if (iface == null) {
      Route route = routes.lookup(destinationHigh, destinationLow);
      if (route != null) {
        iface = route.iface();
      } else if (isBoundToLink(destinationHigh, destinationLow) && interfaces.length > 0) {
        iface = interfaces[0];
      }
    }
    return iface == null ? 0 : iface.mtu();
  }

  /**
   * A transport got an answer to what it sent lately: the next hop works, and need not be asked
   * (RFC 4861 section 7.3.1).
   */
  public void confirm(long remoteHigh, long remoteLow) {
    Route route = routes.lookup(remoteHigh, remoteLow);
    if (route != null) {
      IpAddress gateway = route.gateway();
      NeighbourCache neighbours = route.iface().neighbours();
      if (gateway == null) {
        neighbours.confirm(remoteHigh, remoteLow);
      } else {
        neighbours.confirm(gateway.high(), gateway.low());
      }
    }
  }

  /**
   * A transport got no answer to what it sent several times: the negative advice of RFC 9293
   * section 3.8.3 (MUST-20). The next hop is asked at once whether it is there and has the MAC
   * address that we know; until it answers or is forgotten, packets go where they went.
   */
  public void suspect(long remoteHigh, long remoteLow) {
    Route route = routes.lookup(remoteHigh, remoteLow);
    if (route != null) {
      IpAddress gateway = route.gateway();
      NeighbourCache neighbours = route.iface().neighbours();
      if (gateway == null) {
        neighbours.suspect(remoteHigh, remoteLow);
      } else {
        neighbours.suspect(gateway.high(), gateway.low());
      }
    }
  }
}
