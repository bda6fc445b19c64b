package io.tapstack.udp;

import io.tapstack.base.Result;
import io.tapstack.ip.Ip;
import io.tapstack.ip.IpInterface;
import io.tapstack.ip.IpTransport;
import io.tapstack.ip.Unreachable;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.link.PacketPools;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * UDP: which socket a datagram is for. To be registered with {@link Ip#register}.
 *
 * <p>Sockets are found by their port, which only the application chooses; of several sockets on one
 * port, the one bound to the datagram's very destination wins over one bound to "any".
 *
 * <p>Thread: the owner of the stack.
 */
public final class Udp implements IpTransport {
  /** How many sockets there may be; fewer than ephemeral ports, so there is always a free one. */
  public static final int MAX_SOCKETS = 32_768;

  /** RFC 6056 section 3.2: the whole range above the well-known ports. */
  static final int FIRST_EPHEMERAL = 1024;

  static final int LAST_PORT = 65_535;

  private static final int BUCKETS = 4096;

  /** How many datagrams larger than a frame wait in all sockets: half of such packets. */
  static final int MAX_LARGE_WAITING = PacketPools.LARGE_PACKETS / 2;

  private final Ip ip;
  private final PacketPools packets;
  private final RandomGenerator random;
  private final @Nullable UdpSocket[] buckets = new UdpSocket[BUCKETS];
  private final int maxWaiting;
  private int sockets;
  private int waiting;
  private int largeWaiting;
  private final UdpCounters counters = new UdpCounters();

  /** Creates the protocol without sockets. At most half of a pool's packets ever wait in them. */
  public Udp(Ip ip, PacketPool pool, RandomGenerator random) {
    this.ip = ip;
    packets = ip.packets();
    this.random = random;
    maxWaiting = Math.max(1, pool.capacity() / 2);
  }

  // ---- sockets ----

  /**
   * Whether a socket could be bound now.
   *
   * @param local as for {@link #bind}
   * @param port as for {@link #bind}
   * @return OK; INVALID for a port out of range; ADDRESS_NOT_LOCAL; ADDRESS_IN_USE; LIMIT
   */
  public Result bindable(IpAddress local, int port) {
    if (port < 0 || port > LAST_PORT) {
      return Result.INVALID;
    }
    if (!local.isAny() && !ip.isLocal(local.high(), local.low())) {
      return Result.ADDRESS_NOT_LOCAL;
    }
    if (sockets == MAX_SOCKETS) {
      return Result.LIMIT;
    }
    return port != 0 && isTaken(local, port) ? Result.ADDRESS_IN_USE : Result.OK;
  }

  /**
   * Makes a socket.
   *
   * @param local one of the stack's addresses; {@link IpAddress#ANY_V4} for all of IPv4; {@link
   *     IpAddress#ANY_V6} for all of both versions
   * @param port 1 to 65535, or 0 for a random one that is free
   * @param readable called by the owner whenever a datagram or an error has come in; must only
   *     record it
   * @throws IllegalStateException if {@link #bindable} does not say OK
   */
  public UdpSocket bind(IpAddress local, int port, Runnable readable) {
    Result result = bindable(local, port);
    if (result != Result.OK) {
      throw new IllegalStateException(
          "cannot bind " + local + " port " + port + ": " + result.words());
    }
    int chosen = port != 0 ? port : ephemeral(local);
    UdpSocket socket = new UdpSocket(this, local, chosen, readable);
    socket.following = buckets[chosen % BUCKETS];
    buckets[chosen % BUCKETS] = socket;
    sockets++;
    return socket;
  }

  /** How many sockets there are. */
  public int sockets() {
    return sockets;
  }

  /** How many datagrams wait in all sockets. */
  public int waiting() {
    return waiting;
  }

  /** What was received, sent and dropped. */
  public UdpCounters counters() {
    return counters;
  }

  void unbind(UdpSocket socket) {
    int bucket = socket.localPort() % BUCKETS;
    UdpSocket before = null;
    UdpSocket at = buckets[bucket];
    while (at != null && at != socket) {
      before = at;
      at = at.following;
    }
    if (before == null) {
      buckets[bucket] = socket.following;
    } else {
      before.following = socket.following;
    }
    socket.following = null;
    sockets--;
  }

  void taken(Packet packet) {
    waiting--;
    if (packets.isLarge(packet)) {
      largeWaiting--;
    }
  }

  /** RFC 6056 section 3.3.1: a random port, or the next free one after it. */
  private int ephemeral(IpAddress local) {
    int range = LAST_PORT - FIRST_EPHEMERAL + 1;
    int offset = random.nextInt(range);
    while (isTaken(local, FIRST_EPHEMERAL + offset)) {
      offset = (offset + 1) % range;
    }
    return FIRST_EPHEMERAL + offset;
  }

  private boolean isTaken(IpAddress local, int port) {
    for (UdpSocket s = buckets[port % BUCKETS]; s != null; s = s.following) {
      if (s.localPort() == port && overlap(s.localAddress(), local)) {
        return true;
      }
    }
    return false;
  }

  /** The same address, or two "any" of which one means both versions. */
  private static boolean overlap(IpAddress one, IpAddress other) {
    return one.equals(other) || one.isAny() && other.isAny() && (one.isV4() != other.isV4());
  }

  private @Nullable UdpSocket find(long high, long low, int port) {
    UdpSocket any = null;
    for (UdpSocket s = buckets[port % BUCKETS]; s != null; s = s.following) {
      if (s.localPort() == port) {
        IpAddress local = s.localAddress();
        if (local.low() == low && local.high() == high) {
          return s;
        }
        if (local.isAny() && (!local.isV4() || IpAddress.isV4(high, low))) {
          any = s;
        }
      }
    }
    return any;
  }

  // ---- input ----

  @Override
  public void receive(IpInterface iface, Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    if (!UdpHeader.check(buffer, at, packet.length())) {
      counters.malformed++;
      packet.release();
      return;
    }
    int length = UdpHeader.length(buffer, at);
    if (!packet.checksumVerified && !isChecksumGood(packet, length)) {
      counters.badChecksum++;
      packet.release();
      return;
    }
    UdpSocket socket =
        find(packet.destinationHigh, packet.destinationLow, UdpHeader.destinationPort(buffer, at));
    if (socket == null) {
      counters.noSocket++;
      ip.portUnreachable(iface, packet);
      packet.release();
      return;
    }
    packet.sourcePort = UdpHeader.sourcePort(buffer, at);
    packet.end = at + length;
    packet.start = at + UdpHeader.LENGTH;
    boolean large = packets.isLarge(packet);
    boolean room = waiting < maxWaiting && !(large && largeWaiting == MAX_LARGE_WAITING);
    if (room && socket.offer(packet)) {
      waiting++;
      largeWaiting += large ? 1 : 0;
      counters.received++;
      socket.wake();
    } else {
      socket.countDrop();
      counters.queueFull++;
      packet.release();
    }
  }

  /** RFC 768: zero means that the sender made none; RFC 8200 section 8.1: not over IPv6. */
  private static boolean isChecksumGood(Packet packet, int length) {
    if (UdpHeader.checksum(packet.buffer, packet.start) == 0) {
      return IpAddress.isV4(packet.sourceHigh, packet.sourceLow);
    }
    long pseudo =
        InternetChecksum.pseudoHeader(
            packet.sourceHigh,
            packet.sourceLow,
            packet.destinationHigh,
            packet.destinationLow,
            IpProtocol.UDP,
            length);
    return InternetChecksum.fold(InternetChecksum.add(pseudo, packet.buffer, packet.start, length))
        == 0xffff;
  }

  @Override
  public void unreachable(
      Unreachable what,
      long localHigh,
      long localLow,
      long remoteHigh,
      long remoteLow,
      ByteBuffer quoted,
      int offset,
      int length) {
    UdpSocket socket = find(localHigh, localLow, UdpHeader.sourcePort(quoted, offset));
    if (socket != null) {
      counters.errorsHeard++;
      socket.failed(
          switch (what) {
            case PORT, PROTOCOL -> Result.REFUSED;
            case TOO_BIG -> Result.TOO_LARGE;
            case NET, HOST, NEIGHBOUR, TIME_EXCEEDED, PARAMETER -> Result.UNREACHABLE;
          });
    }
  }

  /**
   * RFC 5927 section 7: believed if a socket has the port and the quoted datagram was larger than
   * what is said to be possible. Over IPv4, datagrams may be cut on the way, so there is nothing to
   * learn.
   */
  @Override
  public void packetTooBig(
      int mtu,
      int size,
      long localHigh,
      long localLow,
      long remoteHigh,
      long remoteLow,
      ByteBuffer quoted,
      int offset,
      int length) {
    int port = UdpHeader.sourcePort(quoted, offset);
    UdpSocket socket = find(localHigh, localLow, port);
    if (socket == null || size <= mtu) {
      return;
    }
    if (!IpAddress.isV4(remoteHigh, remoteLow)) {
      ip.datagramPaths().lower(remoteHigh, remoteLow, port, mtu);
    }
    counters.errorsHeard++;
    socket.failed(Result.TOO_LARGE);
  }

  // ---- output ----

  Result send(
      UdpSocket socket,
      ByteBuffer payload,
      int offset,
      int length,
      IpAddress destination,
      int port) {
    Result result = build(socket, payload, offset, length, destination, port);
    if (result == Result.OK) {
      counters.sent++;
    } else {
      counters.sendFailed++;
    }
    return result;
  }

  private Result build(
      UdpSocket socket,
      ByteBuffer payload,
      int offset,
      int length,
      IpAddress destination,
      int port) {
    IpAddress local = socket.localAddress();
    boolean reachable = local.equals(IpAddress.ANY_V6) || local.isV4() == destination.isV4();
    if (port < 1 || port > LAST_PORT || !reachable || destination.isAny()) {
      return Result.INVALID;
    }
    IpAddress source = local.isAny() ? ip.selectSource(destination) : local;
    if (source == null) {
      return Result.NO_ROUTE;
    }
    int total = UdpHeader.LENGTH + length;
    if (total > 0xffff) {
      return Result.TOO_LARGE;
    }
    Packet packet = packets.acquire(total);
    if (packet == null) {
      return Result.LIMIT;
    }
    int at = packet.start;
    packet.end = at + total;
    UdpHeader.write(packet.buffer, at, socket.localPort(), port, total);
    packet.buffer.put(at + UdpHeader.LENGTH, payload, offset, length);
    UdpHeader.setChecksum(
        packet.buffer,
        at,
        InternetChecksum.fold(
            InternetChecksum.pseudoHeader(
                source.high(),
                source.low(),
                destination.high(),
                destination.low(),
                IpProtocol.UDP,
                total)));
    packet.checksumStart = at;
    packet.checksumOffset = UdpHeader.CHECKSUM;
    Result result =
        ip.send(
            packet,
            source.high(),
            source.low(),
            destination.high(),
            destination.low(),
            IpProtocol.UDP,
            socket.trafficClass(),
            destination.isMulticast() ? socket.multicastTtl() : socket.ttl());
    packet.release();
    return result;
  }
}
