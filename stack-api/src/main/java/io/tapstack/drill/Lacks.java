package io.tapstack.drill;

import io.tapstack.drill.Script.Event;
import io.tapstack.drill.Script.Option;
import io.tapstack.drill.Script.Segment;
import java.util.List;

/** What scripts ask for that the stack does not have, told before they run. */
final class Lacks {
  private Lacks() {}

  /**
   * Looks through a script.
   *
   * @throws Unsupported if it asks for something that is not there, by name
   */
  static void check(List<Event> events) {
    for (Event event : events) {
      try {
        if (event.action() instanceof Script.Inbound inbound) {
          check(inbound.segment());
        } else if (event.action() instanceof Script.Outbound outbound) {
          check(outbound.segment());
          checkExpected(outbound.segment());
        } else if (event.action() instanceof Script.Icmp icmp) {
          check(icmp);
        }
      } catch (Unsupported e) {
        throw new Unsupported("line " + event.line() + ": " + e.getMessage());
      }
    }
  }

  private static void check(Segment segment) {
    for (Option option : segment.options() == null ? List.<Option>of() : segment.options()) {
      switch (option.kind()) {
        case "FO", "FOEXP" -> throw new Unsupported("TCP Fast Open (option " + option.kind() + ")");
        case "ECN" -> throw new Unsupported("accurate ECN (option ECN)");
        case "md5", "MD5" -> throw new Unsupported("MD5 signatures (option " + option.kind() + ")");
        case "ao", "AO" ->
            throw new Unsupported("TCP authentication (option " + option.kind() + ")");
        case "exp" -> throw new Unsupported("experimental options (option exp)");
        default -> {}
      }
    }
  }

  private static void checkExpected(Segment segment) {
    if ((segment.flags() & Segment.AE) != 0) {
      throw new Unsupported("accurate ECN (flag A expected)");
    }
  }

  private static void check(Script.Icmp icmp) {
    if (icmp.mtu() >= 0
        || icmp.code().equals("frag_needed")
        || icmp.type().equals("packet_too_big")) {
      throw new Unsupported("path MTU discovery (ICMP " + icmp.type() + " " + icmp.code() + ")");
    }
  }
}
