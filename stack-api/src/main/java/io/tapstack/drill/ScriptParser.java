package io.tapstack.drill;

import io.tapstack.drill.Script.Action;
import io.tapstack.drill.Script.Event;
import io.tapstack.drill.Script.Option;
import io.tapstack.drill.Script.Segment;
import io.tapstack.drill.Script.When;
import io.tapstack.wire.TcpHeader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the packetdrill language by recursive descent. */
final class ScriptParser {
  private static final String FLAG_LETTERS = "FSRP.UEW";

  private final Scanner in;

  ScriptParser(String text) {
    in = new Scanner(text);
  }

  Script parse() {
    Map<String, String> options = new LinkedHashMap<>();
    List<String> setup = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    String unsupported = null;
    try {
      in.skip();
      while (in.at("-")) {
        option(options);
        in.skip();
      }
      while (in.at("`")) {
        setup.add(in.quoted('`'));
        in.skip();
      }
      while (!in.atEnd()) {
        int line = in.line();
        int start = in.position();
        When when = when();
        in.skip();
        Action action = action();
        events.add(new Event(line, in.since(start), when, action));
        in.skip();
      }
    } catch (Unsupported e) {
      unsupported = "line " + in.line() + ": " + e.getMessage();
    }
    return new Script(options, setup, events, unsupported);
  }

  private void option(Map<String, String> options) {
    String word = in.wordToSpace();
    if (!word.startsWith("--")) {
      throw new Unsupported("option " + word);
    }
    int equals = word.indexOf('=');
    String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
    options.put(name, equals < 0 ? "" : word.substring(equals + 1));
  }

  // ---- times ----

  private When when() {
    if (in.take("*")) {
      return new When(true, false, 0, 0);
    }
    boolean relative = in.take("+");
    long start = in.seconds();
    in.skipBlanks();
    if (in.take("~")) {
      in.skipBlanks();
      in.take("+");
      return new When(false, relative, start, in.seconds());
    }
    if (in.take("...")) {
      in.take("+");
      return new When(false, relative, start, in.seconds());
    }
    return new When(false, relative, start, start);
  }

  // ---- actions ----

  private Action action() {
    if (in.take("<")) {
      return packet(true);
    }
    if (in.take(">")) {
      return packet(false);
    }
    if (in.at("`")) {
      return new Script.Shell(in.quoted('`'));
    }
    if (in.take("%{")) {
      return new Script.Code(in.until("}%"));
    }
    return call();
  }

  private Action packet(boolean inbound) {
    int trafficClass = -1;
    long quoted = -1;
    in.skipBlanks();
    while (in.at("[")) {
      String prefix = in.bracketed();
      if (!prefix.isEmpty() && Character.isDigit(prefix.charAt(0))) {
        quoted = quotedSequence(prefix);
      } else {
        trafficClass = trafficClass(prefix, inbound);
      }
      in.skipBlanks();
    }
    String word = in.wordToSpace();
    switch (word) {
      case "icmp", "icmpv6" -> {
        if (!inbound) {
          throw new Unsupported("an expected ICMP message");
        }
        return icmp(quoted);
      }
      case "ipv4", "ipv6", "gre:", "gre", "mpls" -> throw new Unsupported("encapsulation " + word);
      default -> {
        if (word.startsWith("udp")) {
          throw new Unsupported("UDP packets");
        }
      }
    }
    return segment(word, trafficClass, inbound);
  }

  private Action segment(String flagWord, int trafficClass, boolean inbound) {
    int flags = flags(flagWord, inbound);
    in.skipBlanks();
    long sequence = in.number();
    Long end = in.take(":") ? in.number() : null;
    in.expect("(");
    int length = (int) Math.min(in.number(), Integer.MAX_VALUE);
    in.expect(")");
    if (length < 0 || length > 1 << 24) {
      throw new Unsupported("syntax: a payload of " + length + " bytes");
    }
    if (inbound && length > 65_000) {
      throw new Unsupported("a segment of " + length + " bytes from the peer");
    }
    if (end != null && end != sequence + length) {
      throw new Unsupported(
          "syntax: " + sequence + ":" + end + " are not " + length + " bytes of payload");
    }
    long ack = -1;
    long window = -1;
    long urgent = -1;
    List<Option> options = List.of();
    while (true) {
      in.skipBlanks();
      if (in.takeWord("ack")) {
        ack = in.number();
      } else if (in.takeWord("win")) {
        window = in.number();
      } else if (in.takeWord("urg")) {
        urgent = in.number();
      } else if (in.at("<")) {
        options = options(in.angled());
      } else if (in.at("[")) {
        throw new Unsupported("payload " + in.bracketed());
      } else {
        break;
      }
    }
    Segment segment =
        new Segment(
            flags, sequence, length, ack, (int) window, (int) urgent, trafficClass, options);
    return inbound ? new Script.Inbound(segment) : new Script.Outbound(segment);
  }

  private static int flags(String word, boolean inbound) {
    int flags = 0;
    for (char letter : word.toCharArray()) {
      if (letter == '-' && word.length() == 1) {
        return 0;
      }
      if (letter == 'A' || letter >= '0' && letter <= '7') {
        throw new Unsupported("accurate ECN (flag " + letter + ")");
      }
      int bit = FLAG_LETTERS.indexOf(letter);
      if (bit < 0) {
        throw new Unsupported("syntax: \"" + word + "\" where flags are expected");
      }
      if (!inbound && bit >= 6) {
        throw new Unsupported("ECN (flag " + letter + " expected)");
      }
      flags |= 1 << bit;
    }
    return flags;
  }

  private static int trafficClass(String prefix, boolean inbound) {
    int value = -1;
    for (String part : prefix.split(",")) {
      String word = part.strip();
      int bits =
          switch (word) {
            case "noecn" -> 0;
            case "ect1" -> 1;
            case "ect0" -> 2;
            case "ce" -> 3;
            default -> {
              if (word.startsWith("tos ")) {
                yield tos(word.substring(4).strip());
              }
              throw new Unsupported("prefix [" + word + "]");
            }
          };
      if (!inbound && (bits & 3) != 0) {
        throw new Unsupported("ECN ([" + word + "] expected)");
      }
      value = Math.max(value, 0) | bits;
    }
    return value;
  }

  private static int tos(String word) {
    try {
      return Integer.decode(word) & 0xff;
    } catch (NumberFormatException e) {
      throw new Unsupported("syntax: [tos " + word + "]");
    }
  }

  private static long quotedSequence(String text) {
    int colon = text.indexOf(':');
    try {
      return Long.parseLong(text.substring(0, colon < 0 ? text.length() : colon).strip());
    } catch (NumberFormatException e) {
      throw new Unsupported("syntax: [" + text + "] where a quoted segment is expected");
    }
  }

  private Action icmp(long quotedBefore) {
    in.skipBlanks();
    String type = in.name();
    String code = "";
    long mtu = -1;
    long quoted = quotedBefore;
    while (true) {
      in.skipBlanks();
      if (in.takeWord("mtu")) {
        mtu = in.number();
      } else if (in.at("[")) {
        quoted = quotedSequence(in.bracketed());
      } else if (in.atLetter()) {
        code = in.name();
      } else {
        break;
      }
    }
    if (mtu >= 0 || code.equals("frag_needed") || type.equals("packet_too_big")) {
      throw new Unsupported("path MTU discovery (ICMP " + type + " " + code + ")");
    }
    return new Script.Icmp(type, code, mtu, quoted);
  }

  // ---- TCP options ----

  private static @Nullable List<Option> options(String text) {
    if (text.strip().equals("...")) {
      return null;
    }
    List<Option> options = new ArrayList<>();
    for (String part : text.split(",")) {
      String[] words = part.strip().split("[\\s:]+");
      try {
        options.add(option(words, part.strip()));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new Unsupported("syntax: TCP option <" + part.strip() + ">");
      }
    }
    return options.size() == 1 && text.isBlank() ? List.of() : options;
  }

  private static Option option(String[] words, String text) {
    switch (words[0]) {
      case "" -> {
        return new Option("nop", List.of());
      }
      case "nop", "eol" -> {
        return new Option(words[0], List.of());
      }
      case "mss", "wscale" -> {
        return new Option(words[0], List.of(Long.parseLong(words[1])));
      }
      case "sackOK", "sack" -> {
        List<Long> edges = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
          edges.add(Long.parseLong(words[i]));
        }
        return new Option(words[0], edges);
      }
      case "TS" -> {
        return new Option("TS", List.of(Long.parseLong(words[2]), Long.parseLong(words[4])));
      }
      case "FO", "FOEXP" -> throw new Unsupported("TCP Fast Open (option " + words[0] + ")");
      default -> throw new Unsupported("TCP option " + text);
    }
  }

  // ---- calls ----

  private Action call() {
    String name = in.name();
    in.skip();
    in.expect("(");
    List<Value> arguments = values(")");
    in.skip();
    in.expect("=");
    in.skip();
    Value result = value();
    in.skipBlanks();
    String errno = in.atLetter() ? in.name() : null;
    in.skipBlanks();
    if (in.at("(")) {
      in.until(")"); // the text of the error
    }
    return new Script.Call(name, arguments, result, errno);
  }

  private List<Value> values(String end) {
    List<Value> values = new ArrayList<>();
    in.skip();
    while (!in.take(end)) {
      values.add(value());
      in.skip();
      if (!in.take(",") && !in.at(end)) {
        throw new Unsupported("syntax: expected , or " + end + " before " + in.rest());
      }
      in.skip();
    }
    return values;
  }

  private Value value() {
    Value first = single();
    in.skipBlanks();
    if (!in.at("|")) {
      return first;
    }
    List<Value> parts = new ArrayList<>(List.of(first));
    while (in.take("|")) {
      in.skip();
      parts.add(single());
      in.skipBlanks();
    }
    return new Value.Union(parts);
  }

  private Value single() {
    if (in.take("...")) {
      return new Value.Any();
    }
    if (in.at("\"")) {
      return new Value.Text(in.quoted('"'));
    }
    if (in.take("[")) {
      return new Value.Items(values("]"));
    }
    if (in.take("{")) {
      return struct();
    }
    if (in.atNumber()) {
      return new Value.Num(in.number());
    }
    String name = in.name();
    return in.take("(") ? new Value.Applied(name, values(")")) : new Value.Word(name);
  }

  private Value struct() {
    Map<String, Value> fields = new LinkedHashMap<>();
    in.skip();
    while (!in.take("}")) {
      if (in.take("...")) {
        fields.put("...", new Value.Any());
      } else {
        String name = in.name();
        in.skip();
        in.expect("=");
        in.skip();
        fields.put(name, value());
      }
      in.skip();
      in.take(",");
      in.skip();
    }
    return new Value.Struct(fields);
  }

  /** The bits of what a script may send or expect, for those who print flags. */
  static String flagText(int flags) {
    StringBuilder text = new StringBuilder();
    int[] order = {
      TcpHeader.SYN,
      TcpHeader.FIN,
      TcpHeader.RST,
      TcpHeader.PSH,
      TcpHeader.URG,
      TcpHeader.ECE,
      TcpHeader.CWR,
      TcpHeader.ACK
    };
    for (int bit : order) {
      if ((flags & bit) != 0) {
        text.append(FLAG_LETTERS.charAt(Integer.numberOfTrailingZeros(bit)));
      }
    }
    return text.isEmpty() ? "-" : text.toString();
  }
}
