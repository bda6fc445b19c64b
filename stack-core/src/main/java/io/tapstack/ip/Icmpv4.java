package io.tapstack.ip;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * ICMP for IPv4, RFC 792 as RFC 1122 section 3.2.2 reads it: answers echo requests, says what is
 * unreachable here, and tells transports what is unreachable elsewhere.
 *
 * <p>Source quench (RFC 6633), timestamps, address masks and information requests (RFC 6918) and
 * redirects are counted and dropped.
 *
 * <p>Thread: the owner of the stack.
 */
public final class Icmpv4 {
  /** RFC 1812 section 4.3.2.3: an error quotes as much as fits into this datagram. */
  static final int MAX_ERROR = 576;

  /** RFC 1812 section 4.3.2.5: errors have the precedence of internetwork control. */
  private static final int ERROR_TOS = 0xc0;

  /** RFC 791 section 3.2: what every link carries. */
  static final int LEAST_MTU = 68;

  /**
   * What a path is believed to carry in any case: a smaller claim is more likely an attack (RFC
   * 5927 section 7.2) than such a link; as in Linux.
   */
  public static final int MIN_PATH_MTU = 552;

  /** RFC 1191 section 7.1: the MTUs of links, for routers that do not say theirs. */
  private static final int[] PLATEAUS = {
    32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296, LEAST_MTU
  };

  private final Ip ip;
  private final PacketPool pool;
  private final IcmpLimiter limiter;
  private final EchoClient echo;
  private int minPathMtu = MIN_PATH_MTU;

  Icmpv4(Ip ip, PacketPool pool, IcmpLimiter limiter, EchoClient echo) {
    this.ip = ip;
    this.pool = pool;
    this.limiter = limiter;
    this.echo = echo;
  }

  void minPathMtu(int mtu) {
    minPathMtu = mtu;
  }

  int minPathMtu() {
    return minPathMtu;
  }

  /** Takes a packet over whose {@code start} is at the ICMP header. */
  void receive(IpInterface iface, Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    int length = packet.length();
    if (!IcmpHeader.check(length)) {
      iface.drop(packet, IpDrop.MALFORMED);
      return;
    }
    if (!packet.checksumVerified
        && InternetChecksum.fold(InternetChecksum.add(0, buffer, at, length)) != 0xffff) {
      iface.drop(packet, IpDrop.CHECKSUM);
      return;
    }
    iface.counters().delivered++;
    switch (IcmpHeader.type(buffer, at)) {
      case IcmpHeader.V4_ECHO -> answer(iface, packet);
      case IcmpHeader.V4_ECHO_REPLY -> echo.receive(iface, packet);
      case IcmpHeader.V4_UNREACHABLE,
          IcmpHeader.V4_TIME_EXCEEDED,
          IcmpHeader.V4_PARAMETER_PROBLEM -> {
        heard(iface, packet);
        packet.release();
      }
      default -> iface.drop(packet, IpDrop.ICMP_IGNORED);
    }
  }

  /**
   * Answers an echo request in its own buffer, RFC 1122 section 3.2.2.6: same identifier, sequence
   * and data, from the address that was asked. Broadcast and multicast ones are not answered.
   */
  private void answer(IpInterface iface, Packet packet) {
    if (packet.linkGroup) {
      iface.drop(packet, IpDrop.ICMP_SUPPRESSED);
      return;
    }
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    IcmpHeader.write(buffer, at, IcmpHeader.V4_ECHO_REPLY, 0, IcmpHeader.rest(buffer, at));
    IcmpHeader.setChecksum(
        buffer, at, InternetChecksum.finish(InternetChecksum.add(0, buffer, at, packet.length())));
    Result result =
        ip.send(
            packet,
            0,
            packet.destinationLow,
            0,
            packet.sourceLow,
            IpProtocol.ICMPV4,
            packet.trafficClass,
            Ip.DEFAULT_TTL);
    if (result == Result.OK) {
      iface.counters().echoReplies++;
    }
    packet.release();
  }

  // ---- errors in ----

  private void heard(IpInterface iface, Packet packet) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start + IcmpHeader.LENGTH;
    int length = packet.length() - IcmpHeader.LENGTH;
    Unreachable what =
        meaning(IcmpHeader.type(buffer, packet.start), IcmpHeader.code(buffer, packet.start));
    int header =
        length >= Ipv4Header.MIN_LENGTH && buffer.get(at) >> 4 == 4
            ? Ipv4Header.headerLength(buffer, at)
            : 0;
    if (what == null
        || header < Ipv4Header.MIN_LENGTH
        || length < header + 8
        || Ipv4Header.fragmentOffset(buffer, at) != 0) {
      iface.counters().drop(IpDrop.ICMP_BAD_QUOTE);
      return;
    }
    long local = IpAddress.mapped(Ipv4Header.source(buffer, at));
    int protocol = Ipv4Header.protocol(buffer, at);
    IpTransport transport = protocol == IpProtocol.ICMPV4 ? echo : ip.transport(protocol);
    if (transport == null || ip.interfaceOf(0, local) == null) {
      iface.counters().drop(IpDrop.ICMP_BAD_QUOTE);
      return;
    }
    iface.counters().icmpErrorsIn++;
    long remote = IpAddress.mapped(Ipv4Header.destination(buffer, at));
    int transportAt = at + header;
    int rest = length - header;
    if (what == Unreachable.TOO_BIG) {
      int size = Ipv4Header.totalLength(buffer, at);
      int mtu = nextHopMtu(IcmpHeader.rest(buffer, packet.start) & 0xffff, size);
      transport.packetTooBig(mtu, size, 0, local, 0, remote, buffer, transportAt, rest);
    } else {
      transport.unreachable(what, 0, local, 0, remote, buffer, transportAt, rest);
    }
  }

  /** RFC 1191 sections 4 and 5: what the router says, or the next plateau below the packet. */
  private int nextHopMtu(int said, int size) {
    int mtu = said;
    for (int i = 0; i < PLATEAUS.length && mtu == 0; i++) {
      mtu = PLATEAUS[i] < size ? PLATEAUS[i] : 0;
    }
    return Math.max(mtu, minPathMtu);
  }

  private static @Nullable Unreachable meaning(int type, int code) {
    return switch (type) {
      case IcmpHeader.V4_TIME_EXCEEDED -> Unreachable.TIME_EXCEEDED;
      case IcmpHeader.V4_PARAMETER_PROBLEM -> Unreachable.PARAMETER;
      default ->
          switch (code) { // RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1
            case IcmpHeader.V4_CODE_NET, 6, 9, 11 -> Unreachable.NET;
            case IcmpHeader.V4_CODE_HOST, 5, 7, 8, 10, 12, 13, 14, 15 -> Unreachable.HOST;
            case IcmpHeader.V4_CODE_PROTOCOL -> Unreachable.PROTOCOL;
            case IcmpHeader.V4_CODE_PORT -> Unreachable.PORT;
            case IcmpHeader.V4_CODE_FRAGMENTATION_NEEDED -> Unreachable.TOO_BIG;
            default -> null;
          };
    };
  }

  // ---- errors out ----

  /** Says that nobody listens on the port a packet was sent to. The packet stays the caller's. */
  public void portUnreachable(IpInterface iface, Packet about) {
    error(iface, about, IcmpHeader.V4_UNREACHABLE, IcmpHeader.V4_CODE_PORT);
  }

  /** Says that nobody speaks the protocol of a packet. The packet stays the caller's. */
  public void protocolUnreachable(IpInterface iface, Packet about) {
    error(iface, about, IcmpHeader.V4_UNREACHABLE, IcmpHeader.V4_CODE_PROTOCOL);
  }

  /**
   * Says that not all fragments of a datagram came in time, RFC 1122 section 3.3.2. Unless the
   * datagram was an ICMP error itself (section 3.2.2).
   *
   * @param first the fragment with the offset 0; stays the caller's
   */
  void reassemblyTimeExceeded(IpInterface iface, Packet first) {
    if (first.protocol == IpProtocol.ICMPV4
        && isError(IcmpHeader.type(first.buffer, first.start))) {
      iface.counters().drop(IpDrop.ICMP_SUPPRESSED);
    } else {
      error(iface, first, IcmpHeader.V4_TIME_EXCEEDED, IcmpHeader.CODE_REASSEMBLY);
    }
  }

  private static boolean isError(int type) {
    return switch (type) {
      case IcmpHeader.V4_UNREACHABLE,
          IcmpHeader.V4_SOURCE_QUENCH,
          IcmpHeader.V4_REDIRECT,
          IcmpHeader.V4_TIME_EXCEEDED,
          IcmpHeader.V4_PARAMETER_PROBLEM ->
          true;
      default -> false;
    };
  }

  private void error(IpInterface iface, Packet about, int type, int code) {
    // RFC 1122 section 3.2.2: not about a group or broadcast, nor to a sender that is not one
    // host (input lets only 0.0.0.0 pass). ICMP errors and later fragments never get here.
    if (about.linkGroup || IpAddress.isAny(0, about.sourceLow)) {
      iface.counters().drop(IpDrop.ICMP_SUPPRESSED);
      return;
    }
    if (!limiter.take()) {
      iface.counters().drop(IpDrop.ICMP_LIMITED);
      return;
    }
    Packet packet = pool.acquire();
    if (packet == null) {
      iface.counters().drop(IpDrop.NO_BUFFER);
      return;
    }
    int room = Math.min(MAX_ERROR, pool.cellSize() - packet.start);
    int quoted =
        Math.min(about.end - about.networkOffset, room - Ipv4Header.MIN_LENGTH - IcmpHeader.LENGTH);
    int at = packet.start;
    IcmpHeader.write(packet.buffer, at, type, code, 0);
    packet.buffer.put(at + IcmpHeader.LENGTH, about.buffer, about.networkOffset, quoted);
    packet.end = at + IcmpHeader.LENGTH + quoted;
    IcmpHeader.setChecksum(
        packet.buffer,
        at,
        InternetChecksum.finish(InternetChecksum.add(0, packet.buffer, at, packet.length())));
    Result result =
        ip.send(
            packet,
            0,
            about.destinationLow,
            0,
            about.sourceLow,
            IpProtocol.ICMPV4,
            ERROR_TOS,
            Ip.DEFAULT_TTL);
    if (result == Result.OK) {
      iface.counters().icmpErrorsOut++;
    }
    packet.release();
  }
}
