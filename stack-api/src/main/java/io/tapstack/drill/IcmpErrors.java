package io.tapstack.drill;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpSegment;
import java.nio.ByteBuffer;
import java.util.List;

/** Builds the ICMP errors that scripts inject, RFC 792 and RFC 4443. */
final class IcmpErrors {
  /** Codes of destination unreachable in their order, RFC 792 and RFC 1122 section 3.2.2.1. */
  private static final List<String> CODES_V4 =
      List.of(
          "net_unreachable",
          "host_unreachable",
          "protocol_unreachable",
          "port_unreachable",
          "frag_needed",
          "source_route_failed",
          "net_unreachable_unknown",
          "host_unreachable_unknown",
          "source_host_isolated",
          "net_prohibited",
          "host_prohibited",
          "net_unreachable_for_tos",
          "host_unreachable_for_tos",
          "packet_filtered",
          "host_precedence_violation",
          "precedence_cutoff");

  /** RFC 4443 section 3.1. */
  private static final List<String> CODES_V6 =
      List.of(
          "no_route",
          "admin_prohibited",
          "not_neighbour",
          "address_unreachable",
          "port_unreachable");

  private IcmpErrors() {}

  static IcmpMessage of(Script.Icmp icmp, Settings settings, TcpSegment quoted) {
    IpPacket packet = IpPacket.of(settings.local(), settings.remote(), quoted);
    ByteBuffer bytes = ByteBuffer.allocate(packet.length());
    packet.write(bytes, 0);
    boolean four = settings.local().isV4();
    int type =
        switch (icmp.type()) {
          case "unreachable" -> four ? IcmpHeader.V4_UNREACHABLE : IcmpHeader.V6_UNREACHABLE;
          case "time_exceeded" -> four ? IcmpHeader.V4_TIME_EXCEEDED : IcmpHeader.V6_TIME_EXCEEDED;
          case "parameter_problem" ->
              four ? IcmpHeader.V4_PARAMETER_PROBLEM : IcmpHeader.V6_PARAMETER_PROBLEM;
          case "source_quench" -> {
            if (!four) {
              throw new Unsupported("ICMPv6 source_quench");
            }
            yield 4;
          }
          default -> throw new Unsupported("ICMP " + icmp.type());
        };
    int code = icmp.type().equals("unreachable") ? code(icmp.code(), four) : 0;
    return new IcmpMessage(
        four ? IpProtocol.ICMPV4 : IpProtocol.ICMPV6, type, code, 0, Bytes.of(bytes.array()));
  }

  private static int code(String name, boolean four) {
    int code = (four ? CODES_V4 : CODES_V6).indexOf(name);
    if (code < 0) {
      throw new Unsupported("ICMP code " + name);
    }
    return code;
  }
}
