package io.tapstack.drill;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A packetdrill script, parsed. Sequence numbers count from the first of each side, times are in
 * nanoseconds.
 *
 * @param options the {@code --name=value} lines at the top, without the dashes
 * @param setup shell lines before the first event
 * @param unsupported what the script uses that cannot be run, or null
 */
public record Script(
    Map<String, String> options,
    List<String> setup,
    List<Event> events,
    @Nullable String unsupported) {

  /** Makes its own copies. */
  public Script {
    options = Map.copyOf(options);
    setup = List.copyOf(setup);
    events = List.copyOf(events);
  }

  /**
   * Reads the text of a script. What it asks for and nobody has is kept in {@link #unsupported}.
   */
  public static Script parse(String text) {
    return new ScriptParser(text).parse();
  }

  /**
   * Something that happens or is expected.
   *
   * @param line where it stands, from 1
   * @param text as it stands
   */
  public record Event(int line, String text, When when, Action action) {}

  /**
   * When it happens.
   *
   * @param start from this time on; relative to the previous event's if {@code relative}
   * @param end the end of a range {@code a~b}, or of a blocking call {@code a...b}; else the start
   * @param blocking {@code a...b}
   * @param any {@code *}: whenever it comes
   */
  public record When(boolean any, boolean relative, long start, long end, boolean blocking) {}

  /** What an event does. */
  public sealed interface Action {}

  /** {@code <}: a segment of the peer. */
  public record Inbound(Segment segment) implements Action {}

  /** {@code >}: a segment that the stack must send. */
  public record Outbound(Segment segment) implements Action {}

  /** {@code < udp(n)}: a datagram of the peer. */
  public record InboundUdp(Datagram datagram) implements Action {}

  /** {@code > udp(n)}: a datagram that the stack must send. */
  public record OutboundUdp(Datagram datagram) implements Action {}

  /**
   * {@code < icmp ...}: an ICMP message, most often an error about what the stack sent.
   *
   * @param mtu -1 if there is none
   * @param quoted what the error is about; null for the last that the stack sent
   */
  public record Icmp(String type, String code, long mtu, @Nullable Quoted quoted)
      implements Action {}

  /** What an ICMP error quotes: {@code [1:1001(1000)]} or {@code [udp(1000)]}. */
  public record Quoted(boolean udp, long sequence, int length) {}

  /**
   * A socket call and what comes of it.
   *
   * @param errno the name of the error, or null
   */
  public record Call(String name, List<Value> arguments, Value result, @Nullable String errno)
      implements Action {}

  /** A shell line. */
  public record Shell(String command) implements Action {}

  /** {@code %{ ... }%}: assertions over {@code TCP_INFO}. */
  public record Code(String source) implements Action {}

  /**
   * What stands before the flags: {@code [ect0]}, {@code [tos 0x10, flowlabel 0x1, ttl 5]}, {@code
   * 8080 > 1234}. Whatever is not said is -1.
   *
   * @param trafficClass all eight bits, or as far as {@code trafficMask} says
   * @param trafficMask 3 if only ECN is said
   * @param sourcePort in the direction of the packet
   */
  public record Envelope(
      int trafficClass,
      int trafficMask,
      int flowLabel,
      int ttl,
      int sourcePort,
      int destinationPort) {
    static final Envelope PLAIN = new Envelope(-1, 0, -1, -1, -1, -1);

    /** {@code [ect01]}: ECT(0) or ECT(1). */
    static final int EITHER_ECT = -2;

    /** What an injected packet carries. */
    int injectedTrafficClass() {
      return trafficClass == EITHER_ECT ? 2 : Math.max(trafficClass, 0);
    }

    /** Whether what a packet carries is what the script says. */
    boolean acceptsTrafficClass(int seen) {
      return trafficClass == EITHER_ECT
          ? (seen & 3) == 1 || (seen & 3) == 2
          : (seen & trafficMask) == (trafficClass & trafficMask);
    }
  }

  /** A UDP datagram in a script. */
  public record Datagram(Envelope envelope, int length) {}

  /**
   * A segment in a script.
   *
   * @param flags the control bits of {@link io.tapstack.wire.TcpHeader}, and {@link #AE}
   * @param ack -1 if there is none
   * @param window -1 if there is none
   * @param urgent -1 if there is none
   * @param options in order; null for {@code <...>}
   */
  public record Segment(
      Envelope envelope,
      int flags,
      long sequence,
      int length,
      long ack,
      int window,
      int urgent,
      @Nullable List<Option> options) {
    /** The accurate ECN bit, RFC 9768, the lowest of what RFC 9293 reserves. */
    public static final int AE = 0x100;

    /** As a script writes it. */
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(Flags.text(flags));
      text.append(' ').append(sequence).append(':').append(sequence + length);
      text.append('(').append(length).append(')');
      if (ack >= 0) {
        text.append(" ack ").append(ack);
      }
      text.append(" win ").append(window);
      if (urgent >= 0) {
        text.append(" urg ").append(urgent);
      }
      if (options != null && !options.isEmpty()) {
        text.append(
            options.stream().map(Option::toString).collect(Collectors.joining(",", " <", ">")));
      }
      return text.toString();
    }
  }

  /**
   * A TCP option.
   *
   * @param kind {@code mss}, {@code nop}, {@code eol}, {@code sackOK}, {@code sack}, {@code
   *     wscale}, {@code TS}, {@code FO}, {@code FOEXP}, {@code md5}, {@code ECN}, or {@code kind-N}
   * @param values the MSS; the shift; the edges of blocks; value and echo
   * @param text the rest as it stands: a cookie in hexadecimal digits, counters of ECN
   */
  public record Option(String kind, List<Long> values, String text) {
    Option(String kind, List<Long> values) {
      this(kind, values, "");
    }

    Option(String kind, String text) {
      this(kind, List.of(), text);
    }

    @Override
    public String toString() {
      StringBuilder words = new StringBuilder(kind);
      switch (kind) {
        case "TS" ->
            words.append(" val ").append(values.get(0)).append(" ecr ").append(values.get(1));
        case "sack" -> {
          for (int i = 0; i + 1 < values.size(); i += 2) {
            words.append(' ').append(values.get(i)).append(':').append(values.get(i + 1));
          }
        }
        default -> values.forEach(value -> words.append(' ').append(value));
      }
      return text.isEmpty() ? words.toString() : words.append(' ').append(text).toString();
    }
  }
}
