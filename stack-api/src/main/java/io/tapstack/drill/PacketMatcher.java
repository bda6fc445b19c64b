package io.tapstack.drill;

import io.tapstack.drill.Script.Envelope;
import io.tapstack.drill.Script.Option;
import io.tapstack.drill.Script.Segment;
import io.tapstack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Holds a segment that the stack sent against one that the script expects. */
final class PacketMatcher {
  private final Mode mode;
  private final Settings settings;
  private final List<String> warnings = new ArrayList<>();

  PacketMatcher(Mode mode, Settings settings) {
    this.mode = mode;
    this.settings = settings;
  }

  /**
   * Compares everything but time.
   *
   * @param seen the segment in the script's numbers
   * @return the name of the first field that differs, or null
   */
  @Nullable String difference(Segment expected, Segment seen, Flow flow) {
    int ignored = mode == Mode.NEUTRAL ? TcpHeader.PSH : 0;
    if ((expected.flags() & ~ignored) != (seen.flags() & ~ignored)) {
      return "flags";
    }
    if (expected.sequence() != seen.sequence()) {
      return "sequence number";
    }
    if (expected.length() != seen.length()) {
      return "length";
    }
    if (expected.ack() != seen.ack() && (expected.ack() >= 0 || hasAck(expected))) {
      return "ack";
    }
    if (mode == Mode.EXACT
        ? expected.window() >= 0 && expected.window() != seen.window()
        : expected.window() == 0 && seen.window() != 0) {
      return "window";
    }
    if (expected.urgent() >= 0 && expected.urgent() != seen.urgent()) {
      return "urgent pointer";
    }
    String envelope = envelopeDifference(expected.envelope(), seen.envelope());
    if (envelope != null) {
      return envelope;
    }
    List<Option> options = expected.options();
    return options == null ? null : optionDifference(options, seen, flow);
  }

  /** Compares what stands before the flags. */
  static @Nullable String envelopeDifference(Envelope expected, Envelope seen) {
    if (!expected.acceptsTrafficClass(seen.trafficClass())) {
      return "traffic class";
    }
    if (expected.flowLabel() >= 0 && expected.flowLabel() != seen.flowLabel()) {
      return "flow label";
    }
    return expected.ttl() >= 0 && expected.ttl() != seen.ttl() ? "ttl" : null;
  }

  private static boolean hasAck(Segment segment) {
    return (segment.flags() & TcpHeader.ACK) != 0;
  }

  private @Nullable String optionDifference(List<Option> expected, Segment seen, Flow flow) {
    List<Option> actual = seen.options() == null ? List.of() : seen.options();
    List<Option> left = mode == Mode.EXACT ? expected : meaningful(expected);
    List<Option> right = mode == Mode.EXACT ? actual : meaningful(actual);
    if (!kinds(left).equals(kinds(right))) {
      return "options";
    }
    for (int i = 0; i < left.size(); i++) {
      Option one = left.get(i);
      Option other = right.get(i);
      boolean same =
          switch (one.kind()) {
            case "TS" -> sameTimestamps(one, other, flow);
            case "wscale" -> mode == Mode.NEUTRAL || one.equals(other);
            default -> one.equals(other);
          };
      if (!same) {
        return "option " + one.kind();
      }
    }
    return null;
  }

  /** Neutral mode compares a set of kinds: without padding, in one order. */
  private static List<Option> meaningful(List<Option> options) {
    Predicate<Option> padding = o -> o.kind().equals("nop") || o.kind().equals("eol");
    return options.stream()
        .filter(padding.negate())
        .sorted((a, b) -> a.kind().compareTo(b.kind()))
        .toList();
  }

  private static List<String> kinds(List<Option> options) {
    return options.stream().map(Option::kind).toList();
  }

  private boolean sameTimestamps(Option expected, Option seen, Flow flow) {
    boolean echoes = expected.values().get(1).equals(seen.values().get(1));
    if (mode == Mode.NEUTRAL) {
      if (!echoes) {
        warnings.add("TS ecr " + seen.values().get(1) + " where " + expected + " is expected");
      }
      return true;
    }
    if (!echoes) {
      return false;
    }
    if (settings.timestampTickNanos() == 0 || !flow.hasTimestampBase()) {
      return true;
    }
    long live = seen.values().get(0);
    long ticks = flow.scriptTimestamp((int) live, settings.timestampTickNanos());
    long slack = settings.toleranceNanos() / settings.timestampTickNanos();
    return Math.abs(ticks - expected.values().get(0)) <= slack;
  }

  /** What is odd and, in this mode, not wrong; in the order in which it came. */
  List<String> warnings() {
    return warnings;
  }

  static @Nullable Option timestamps(Segment segment) {
    if (segment.options() != null) {
      for (Option option : segment.options()) {
        if (option.kind().equals("TS")) {
          return option;
        }
      }
    }
    return null;
  }

  static boolean isPureAck(Segment segment) {
    return (segment.flags() & ~TcpHeader.PSH) == TcpHeader.ACK
        && segment.length() == 0
        && !carriesSack(segment);
  }

  private static boolean carriesSack(Segment segment) {
    return segment.options() != null
        && segment.options().stream().anyMatch(option -> option.kind().equals("sack"));
  }

  /** A part of a long segment; only the last one has PSH and FIN. */
  static Segment part(Segment whole, int offset, int length, boolean last) {
    return new Segment(
        whole.envelope(),
        last ? whole.flags() : whole.flags() & ~(TcpHeader.PSH | TcpHeader.FIN),
        whole.sequence() + offset,
        length,
        whole.ack(),
        whole.window(),
        whole.urgent(),
        whole.options());
  }
}
