package io.tapstack.drill;

import io.tapstack.drill.Script.Icmp;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** Builds the ICMP messages that scripts inject, RFC 792 and RFC 4443, by packetdrill's names. */
final class IcmpErrors {
  /** RFC 792: the header of IP and 64 bits of what it carries. */
  private static final int QUOTED_V4 = Ipv4Header.MIN_LENGTH + 8;

  private static final int QUOTED_V6 = Ipv6Header.LENGTH + TcpHeader.MIN_LENGTH;

  private static final Map<String, Integer> TYPES_V4 =
      Map.ofEntries(
          Map.entry("echo_reply", 0),
          Map.entry("unreachable", 3),
          Map.entry("source_quench", 4),
          Map.entry("redirect", 5),
          Map.entry("echo_request", 8),
          Map.entry("time_exceeded", 11),
          Map.entry("parameter_problem", 12),
          Map.entry("timestamp_request", 13),
          Map.entry("timestamp", 13),
          Map.entry("timestamp_reply", 14),
          Map.entry("information_request", 15),
          Map.entry("information_reply", 16),
          Map.entry("address_mask_request", 17),
          Map.entry("address_mask_reply", 18));

  private static final Map<String, Integer> TYPES_V6 =
      Map.of(
          "unreachable", 1,
          "packet_too_big", 2,
          "time_exceeded", 3,
          "parameter_problem", 4,
          "echo_request", 128,
          "echo_reply", 129,
          "redirect", 137);

  /** By type, in the order of their numbers; several names of one number are separated by bars. */
  private static final Map<String, List<String>> CODES_V4 =
      Map.of(
          "unreachable",
          List.of(
              "net_unreachable",
              "host_unreachable",
              "protocol_unreachable",
              "port_unreachable",
              "frag_needed",
              "source_route_failed",
              "net_unknown|net_unreachable_unknown",
              "host_unknown|host_unreachable_unknown",
              "source_host_isolated",
              "net_prohibited",
              "host_prohibited",
              "net_tos|net_unreachable_tos|net_unreachable_for_tos",
              "host_tos|host_unreachable_tos|host_unreachable_for_tos",
              "packet_filtered|communication_prohibited",
              "precedence_violation|host_precedence_violation",
              "precedence_cutoff"),
          "redirect",
          List.of("net", "host", "net_tos", "host_tos"),
          "time_exceeded",
          List.of("ttl|exceeded_ttl|ttl_exceeded", "frag_time|exceeded_frag_time|fragtime"),
          "parameter_problem",
          List.of("pointer", "missing_option", "bad_length"));

  private static final Map<String, List<String>> CODES_V6 =
      Map.of(
          "unreachable",
          List.of(
              "no_route",
              "admin_prohibited",
              "not_neighbour|not_neighbor|beyond_scope",
              "address_unreachable|addr_unreachable",
              "port_unreachable",
              "policy_fail|source_policy_failed",
              "reject_route"),
          "time_exceeded",
          List.of("hop_limit|exceed_hop_limit|exceeded_hop_limit", "frag_time|exceed_frag_time"),
          "parameter_problem",
          List.of("header_field", "unknown_next_header|next_header", "unknown_option|option"));

  private IcmpErrors() {}

  static IcmpMessage of(Icmp icmp, Settings settings, IpPayload quoted) {
    boolean six = settings.isSix();
    Integer type = (six ? TYPES_V6 : TYPES_V4).get(icmp.type());
    if (type == null) {
      throw new Unsupported((six ? "ICMPv6 " : "ICMP ") + icmp.type());
    }
    int protocol = six ? IpProtocol.ICMPV6 : IpProtocol.ICMPV4;
    int code = code(icmp, six);
    int rest = icmp.mtu() < 0 ? 0 : (int) icmp.mtu();
    IpPacket packet = IpPacket.of(settings.local(), settings.remote(), quoted);
    ByteBuffer bytes = ByteBuffer.allocate(packet.length());
    packet.write(bytes, 0);
    int length = Math.min(packet.length(), six ? QUOTED_V6 : QUOTED_V4);
    return new IcmpMessage(protocol, type, code, rest, Bytes.copyOf(bytes, 0, length));
  }

  private static int code(Icmp icmp, boolean six) {
    if (icmp.code().isEmpty()) {
      return 0;
    }
    List<String> codes = (six ? CODES_V6 : CODES_V4).getOrDefault(icmp.type(), List.of());
    for (int i = 0; i < codes.size(); i++) {
      if (List.of(codes.get(i).split("\\|")).contains(icmp.code())) {
        return i;
      }
    }
    throw new Unsupported("ICMP code " + icmp.code());
  }
}
