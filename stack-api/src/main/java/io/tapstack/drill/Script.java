package io.tapstack.drill;

import java.util.List;
import java.util.Map;
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
   * @param any {@code *}: whenever it comes
   */
  public record When(boolean any, boolean relative, long start, long end) {}

  /** What an event does. */
  public sealed interface Action {}

  /** {@code <}: a segment of the peer. */
  public record Inbound(Segment segment) implements Action {}

  /** {@code >}: a segment that the stack must send. */
  public record Outbound(Segment segment) implements Action {}

  /**
   * {@code < icmp ...}: an ICMP error about a segment that the stack sent.
   *
   * @param quotedSequence the script's sequence number of the quoted segment
   */
  public record Icmp(String type, String code, long mtu, long quotedSequence) implements Action {}

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
   * A segment in a script.
   *
   * @param flags the control bits of {@link io.tapstack.wire.TcpHeader}
   * @param ack -1 if there is none
   * @param window -1 if there is none
   * @param urgent -1 if there is none
   * @param trafficClass -1 if there is none
   * @param options in order; null for {@code <...>}
   */
  public record Segment(
      int flags,
      long sequence,
      int length,
      long ack,
      int window,
      int urgent,
      int trafficClass,
      @Nullable List<Option> options) {}

  /**
   * A TCP option.
   *
   * @param kind {@code mss}, {@code nop}, {@code eol}, {@code sackOK}, {@code sack}, {@code wscale}
   *     or {@code TS}
   * @param values the MSS; the shift; the edges of blocks; value and echo
   */
  public record Option(String kind, List<Long> values) {
    @Override
    public String toString() {
      StringBuilder text = new StringBuilder(kind);
      switch (kind) {
        case "TS" ->
            text.append(" val ").append(values.get(0)).append(" ecr ").append(values.get(1));
        case "sack" -> {
          for (int i = 0; i + 1 < values.size(); i += 2) {
            text.append(' ').append(values.get(i)).append(':').append(values.get(i + 1));
          }
        }
        default -> values.forEach(value -> text.append(' ').append(value));
      }
      return text.toString();
    }
  }
}
