package io.tapstack.ip;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6FragmentHeader;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * ICMP for IPv6, RFC 4443: answers echo requests, says what is unreachable or not understood here,
 * tells transports what is unreachable elsewhere, and passes Neighbour Discovery on.
 *
 * <p>Router advertisements and redirects are counted and dropped.
 *
 * <p>Thread: the owner of the stack.
 */
public final class Icmpv6 {
  private final Ip ip;
  private final PacketPool pool;
  private final IcmpLimiter limiter;
  private final EchoClient echo;

  Icmpv6(Ip ip, PacketPool pool, IcmpLimiter limiter, EchoClient echo) {
    this.ip = ip;
    this.pool = pool;
    this.limiter = limiter;
    this.echo = echo;
  }

  /**
   * Takes a packet over whose {@code start} is at the ICMP header.
   *
   * @param fragmented whether it has a Fragment header
   */
  void receive(IpInterface iface, Packet packet, boolean fragmented) {
    ByteBuffer buffer = packet.buffer;
    int at = packet.start;
    int length = packet.length();
    if (!IcmpHeader.check(length)) {
      iface.drop(packet, IpDrop.MALFORMED);
      return;
    }
    if (!packet.checksumVerified && InternetChecksum.fold(sum(packet)) != 0xffff) {
      iface.drop(packet, IpDrop.CHECKSUM);
      return;
    }
    iface.counters().delivered++;
    switch (IcmpHeader.type(buffer, at)) {
      case IcmpHeader.V6_ECHO -> answer(iface, packet);
      case IcmpHeader.V6_ECHO_REPLY -> echo.receive(iface, packet);
      case IcmpHeader.V6_UNREACHABLE,
          IcmpHeader.V6_TOO_BIG,
          IcmpHeader.V6_TIME_EXCEEDED,
          IcmpHeader.V6_PARAMETER_PROBLEM -> {
        heard(iface, packet);
        packet.release();
      }
      case IcmpHeader.V6_NEIGHBOUR_SOLICITATION, IcmpHeader.V6_NEIGHBOUR_ADVERTISEMENT -> {
        if (fragmented || !iface.discovery().receive(packet)) { // RFC 6980 section 5
          iface.counters().drop(IpDrop.BAD_ND);
        }
        packet.release();
      }
      default -> iface.drop(packet, IpDrop.ICMP_IGNORED);
    }
  }

  private static long sum(Packet packet) {
    long pseudo =
        InternetChecksum.pseudoHeader(
            packet.sourceHigh,
            packet.sourceLow,
            packet.destinationHigh,
            packet.destinationLow,
            IpProtocol.ICMPV6,
            packet.length());
    return InternetChecksum.add(pseudo, packet.buffer, packet.start, packet.length());
  }

  /**
   * Answers an echo request in its own buffer, RFC 4443 section 4.2: from the address that was
   * asked. One to a group, which the RFC leaves open, is not answered, as for IPv4.
   */
  private void answer(IpInterface iface, Packet packet) {
    if (packet.linkGroup) {
      iface.drop(packet, IpDrop.ICMP_SUPPRESSED);
      return;
    }
    int at = packet.start;
    ByteBuffer buffer = packet.buffer;
    IcmpHeader.write(buffer, at, IcmpHeader.V6_ECHO_REPLY, 0, IcmpHeader.rest(buffer, at));
    // The pseudo-header's sum is the same with source and destination exchanged.
    IcmpHeader.setChecksum(buffer, at, InternetChecksum.finish(sum(packet)));
    Result result =
        ip.send(
            packet,
            packet.destinationHigh,
            packet.destinationLow,
            packet.sourceHigh,
            packet.sourceLow,
            IpProtocol.ICMPV6,
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
    if (what == null
        || length < Ipv6Header.LENGTH + 8
        || (buffer.get(at) >> 4 & 15) != 6
        || ip.interfaceOf(Ipv6Header.sourceHigh(buffer, at), Ipv6Header.sourceLow(buffer, at))
            == null) {
      iface.counters().drop(IpDrop.ICMP_BAD_QUOTE);
      return;
    }
    // The only extension header that we send is Fragment.
    int protocol = Ipv6Header.nextHeader(buffer, at);
    int header = Ipv6Header.LENGTH;
    if (protocol == IpProtocol.FRAGMENT
        && length >= header + Ipv6FragmentHeader.LENGTH + 8
        && Ipv6FragmentHeader.fragmentOffset(buffer, at + header) == 0) {
      protocol = Ipv6FragmentHeader.nextHeader(buffer, at + header);
      header += Ipv6FragmentHeader.LENGTH;
    }
    IpTransport transport = protocol == IpProtocol.ICMPV6 ? echo : ip.transport(protocol);
    if (transport == null) {
      iface.counters().drop(IpDrop.ICMP_BAD_QUOTE);
      return;
    }
    long localHigh = Ipv6Header.sourceHigh(buffer, at);
    long localLow = Ipv6Header.sourceLow(buffer, at);
    long remoteHigh = Ipv6Header.destinationHigh(buffer, at);
    long remoteLow = Ipv6Header.destinationLow(buffer, at);
    int transportAt = at + header;
    int rest = length - header;
    if (what == Unreachable.TOO_BIG) {
      long said = Integer.toUnsignedLong(IcmpHeader.rest(buffer, packet.start));
      if (said < Ipv6Header.MIN_MTU) { // RFC 8201 section 4: must be discarded
        iface.counters().drop(IpDrop.ICMP_BAD_QUOTE);
        return;
      }
      iface.counters().icmpErrorsIn++;
      int mtu = (int) Math.min(said, Integer.MAX_VALUE);
      int size = Ipv6Header.LENGTH + Ipv6Header.payloadLength(buffer, at);
      transport.packetTooBig(
          mtu, size, localHigh, localLow, remoteHigh, remoteLow, buffer, transportAt, rest);
    } else {
      iface.counters().icmpErrorsIn++;
      transport.unreachable(
          what, localHigh, localLow, remoteHigh, remoteLow, buffer, transportAt, rest);
    }
  }

  private static @Nullable Unreachable meaning(int type, int code) {
    return switch (type) {
      case IcmpHeader.V6_TOO_BIG -> Unreachable.TOO_BIG;
      case IcmpHeader.V6_TIME_EXCEEDED -> Unreachable.TIME_EXCEEDED;
      case IcmpHeader.V6_PARAMETER_PROBLEM ->
          code == IcmpHeader.V6_CODE_NEXT_HEADER ? Unreachable.PROTOCOL : Unreachable.PARAMETER;
      default ->
          switch (code) { // RFC 4443 section 3.1
            case 0 -> Unreachable.NET;
            case IcmpHeader.V6_CODE_PORT -> Unreachable.PORT;
            case 1, 2, IcmpHeader.V6_CODE_ADDRESS, 5, 6, 7 -> Unreachable.HOST;
            default -> null;
          };
    };
  }

  // ---- errors out ----

  /** Says that nobody listens on the port a packet was sent to. The packet stays the caller's. */
  public void portUnreachable(IpInterface iface, Packet about) {
    error(iface, about, IcmpHeader.V6_UNREACHABLE, IcmpHeader.V6_CODE_PORT, 0);
  }

  /**
   * Says that a header was not understood. The packet stays the caller's.
   *
   * @param pointer the offset in the packet's buffer of what was not understood
   */
  void parameterProblem(IpInterface iface, Packet about, int code, int pointer) {
    error(iface, about, IcmpHeader.V6_PARAMETER_PROBLEM, code, pointer - about.networkOffset);
  }

  /**
   * Says that not all fragments of a datagram came in time, RFC 8200 section 4.5. Unless the
   * datagram was an ICMP error itself (RFC 4443 section 2.4(e)).
   *
   * @param first the fragment with the offset 0; stays the caller's
   */
  void reassemblyTimeExceeded(IpInterface iface, Packet first) {
    if (Ipv6Fragments.isIcmpError(first)) {
      iface.counters().drop(IpDrop.ICMP_SUPPRESSED);
    } else {
      error(iface, first, IcmpHeader.V6_TIME_EXCEEDED, IcmpHeader.CODE_REASSEMBLY, 0);
    }
  }

  /**
   * Says that an option was not understood. RFC 4443 section 2.4(e): this error may be about a
   * packet to a group.
   */
  void unknownOption(IpInterface iface, Packet about, int pointer, boolean alsoGroups) {
    int word = pointer - about.networkOffset;
    if (!about.linkGroup) {
      error(iface, about, IcmpHeader.V6_PARAMETER_PROBLEM, IcmpHeader.V6_CODE_OPTION, word);
      return;
    }
    IpAddress source =
        alsoGroups ? ip.selectSource(new IpAddress(about.sourceHigh, about.sourceLow)) : null;
    if (source == null || isNobody(about)) {
      iface.counters().drop(IpDrop.ICMP_SUPPRESSED);
      return;
    }
    send(
        iface,
        about,
        source.high(),
        source.low(),
        IcmpHeader.V6_PARAMETER_PROBLEM,
        IcmpHeader.V6_CODE_OPTION,
        word);
  }

  private void error(IpInterface iface, Packet about, int type, int code, int word) {
    if (about.linkGroup || isNobody(about)) { // RFC 4443 section 2.4(e)
      iface.counters().drop(IpDrop.ICMP_SUPPRESSED);
      return;
    }
    send(iface, about, about.destinationHigh, about.destinationLow, type, code, word);
  }

  private static boolean isNobody(Packet about) {
    return about.sourceHigh == 0 && about.sourceLow == 0;
  }

  private void send(
      IpInterface iface,
      Packet about,
      long sourceHigh,
      long sourceLow,
      int type,
      int code,
      int word) {
    if (!limiter.take()) {
      iface.counters().drop(IpDrop.ICMP_LIMITED);
      return;
    }
    Packet packet = pool.acquire();
    if (packet == null) {
      iface.counters().drop(IpDrop.NO_BUFFER);
      return;
    }
    int room = Math.min(Ipv6Header.MIN_MTU, pool.cellSize() - packet.start);
    int quoted =
        Math.min(about.end - about.networkOffset, room - Ipv6Header.LENGTH - IcmpHeader.LENGTH);
    int at = packet.start;
    IcmpHeader.write(packet.buffer, at, type, code, word);
    packet.buffer.put(at + IcmpHeader.LENGTH, about.buffer, about.networkOffset, quoted);
    packet.end = at + IcmpHeader.LENGTH + quoted;
    packet.sourceHigh = sourceHigh;
    packet.sourceLow = sourceLow;
    packet.destinationHigh = about.sourceHigh;
    packet.destinationLow = about.sourceLow;
    IcmpHeader.setChecksum(packet.buffer, at, InternetChecksum.finish(sum(packet)));
    Result result =
        ip.send(
            packet,
            sourceHigh,
            sourceLow,
            about.sourceHigh,
            about.sourceLow,
            IpProtocol.ICMPV6,
            0,
            Ip.DEFAULT_TTL);
    if (result == Result.OK) {
      iface.counters().icmpErrorsOut++;
    }
    packet.release();
  }
}
