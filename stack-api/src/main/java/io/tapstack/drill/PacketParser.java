package io.tapstack.drill;

import io.tapstack.drill.Script.Action;
import io.tapstack.drill.Script.Envelope;
import io.tapstack.drill.Script.Option;
import io.tapstack.drill.Script.Quoted;
import io.tapstack.drill.Script.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what stands behind {@code <} and {@code >}. */
final class PacketParser {
  /** More than any window holds; a longer one is a slip. */
  private static final int MAX_EXPECTED = 1 << 24;

  private static final int MAX_INJECTED = 65_000;
  private static final int MAX_DATAGRAM = 65_507;
  private static final Pattern UDP = Pattern.compile("udp\\s*\\(\\s*(\\d{1,6})\\s*\\)");
  private static final Pattern RANGE =
      Pattern.compile("(-?\\d{1,12})(?:\\s*:\\s*(-?\\d{1,12})(?:\\s*\\(\\s*(\\d{1,8})\\s*\\))?)?");

  private final Scanner in;

  PacketParser(Scanner in) {
    this.in = in;
  }

  Action parse(boolean inbound) {
    Envelope envelope = Envelope.PLAIN;
    Quoted quoted = null;
    in.skipBlanks();
    while (in.at("[")) {
      String prefix = in.bracketed().strip();
      Quoted range = quoted(prefix);
      if (range != null) {
        quoted = range;
      } else {
        envelope = envelope(prefix, envelope);
      }
      in.skipBlanks();
    }
    if (in.atUdp()) {
      return udp(inbound, envelope);
    }
    String word = in.wordToSpace();
    if (!word.isEmpty() && word.chars().allMatch(Character::isDigit)) {
      in.skipBlanks();
      if (in.take(">")) {
        in.skipBlanks();
        envelope = ports(envelope, word, in.number());
        in.skipBlanks();
        if (in.atUdp()) {
          return udp(inbound, envelope);
        }
        word = in.wordToSpace();
      }
    }
    switch (word) {
      case "icmp", "icmpv6" -> {
        if (!inbound) {
          throw new Unsupported("an expected ICMP message");
        }
        return icmp(quoted);
      }
      case "ipv4", "ipv6", "gre", "gre:", "mpls", "ip" ->
          throw new Unsupported("encapsulation " + word);
      default -> {
        return segment(word, envelope, inbound);
      }
    }
  }

  // ---- before the flags ----

  private static Envelope envelope(String prefix, Envelope so) {
    int trafficClass = so.trafficClass();
    int mask = so.trafficMask();
    int flowLabel = so.flowLabel();
    int ttl = so.ttl();
    for (String part : prefix.split(",")) {
      String[] words = part.strip().split("\\s+");
      int number = words.length == 2 ? number(words[1], part) : -1;
      switch (words[0]) {
        case "noecn", "ect1", "ect0", "ce" -> {
          if (number >= 0) {
            throw new Unsupported("syntax: prefix [" + part.strip() + "]");
          }
          int ecn = List.of("noecn", "ect1", "ect0", "ce").indexOf(words[0]);
          trafficClass = Math.max(trafficClass, 0) & ~3 | ecn;
          mask |= 3;
        }
        case "ect01" -> { // either of them: the bits differ from each other
          trafficClass = Envelope.EITHER_ECT;
          mask = 3;
        }
        case "tos", "tclass" -> {
          trafficClass = number & 0xff;
          mask = 0xff;
        }
        case "flowlabel" -> flowLabel = number & 0xfffff;
        case "ttl" -> ttl = number & 0xff;
        default -> throw new Unsupported("prefix [" + part.strip() + "]");
      }
    }
    return new Envelope(trafficClass, mask, flowLabel, ttl, so.sourcePort(), so.destinationPort());
  }

  private static int number(String word, String part) {
    try {
      int number = Integer.decode(word);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new Unsupported("syntax: prefix [" + part.strip() + "]");
  }

  private static Envelope ports(Envelope so, String source, long destination) {
    long from = source.length() > 5 ? 0 : Long.parseLong(source);
    if (from < 1 || from > 65_535 || destination < 1 || destination > 65_535) {
      throw new Unsupported("syntax: ports " + source + " > " + destination);
    }
    return new Envelope(
        so.trafficClass(),
        so.trafficMask(),
        so.flowLabel(),
        so.ttl(),
        (int) from,
        (int) destination);
  }

  /** {@code 1:1001(1000)}, {@code udp(1000)}; null if it is neither. */
  private static @Nullable Quoted quoted(String text) {
    Matcher udp = UDP.matcher(text);
    if (udp.matches()) {
      return new Quoted(true, 0, Integer.parseInt(udp.group(1)));
    }
    Matcher range = RANGE.matcher(text);
    if (!range.matches()) {
      return null;
    }
    int length = range.group(3) == null ? 0 : Integer.parseInt(range.group(3));
    return new Quoted(false, Long.parseLong(range.group(1)), Math.min(length, MAX_INJECTED));
  }

  // ---- UDP and ICMP ----

  private Action udp(boolean inbound, Envelope envelope) {
    in.expect("udp");
    in.skipBlanks();
    in.expect("(");
    in.skipBlanks();
    long length = in.number();
    in.skipBlanks();
    in.expect(")");
    if (length < 0 || length > MAX_DATAGRAM) {
      throw new Unsupported("syntax: a datagram of " + length + " bytes");
    }
    Script.Datagram datagram = new Script.Datagram(envelope, (int) length);
    return inbound ? new Script.InboundUdp(datagram) : new Script.OutboundUdp(datagram);
  }

  private Action icmp(@Nullable Quoted quotedBefore) {
    in.skipBlanks();
    String type = in.name();
    String code = "";
    long mtu = -1;
    Quoted quoted = quotedBefore;
    while (true) {
      in.skipBlanks();
      if (in.takeWord("mtu")) {
        mtu = in.number();
      } else if (in.at("[")) {
        String text = in.bracketed();
        quoted = quoted(text.strip());
        if (quoted == null) {
          throw new Unsupported("syntax: [" + text + "] where a quoted segment is expected");
        }
      } else if (in.atLetter()) {
        code = in.name();
      } else {
        return new Script.Icmp(type, code, mtu, quoted);
      }
    }
  }

  // ---- TCP ----

  private Action segment(String flagWord, Envelope envelope, boolean inbound) {
    int flags = Flags.parse(flagWord);
    in.skipBlanks();
    long sequence = in.number();
    in.skipBlanks();
    Long end = in.take(":") ? in.number() : null;
    in.skipBlanks();
    in.expect("(");
    in.skipBlanks();
    long length = in.number();
    in.skipBlanks();
    in.expect(")");
    if (length < 0 || length > MAX_EXPECTED) {
      throw new Unsupported("syntax: a payload of " + length + " bytes");
    }
    if (inbound && length > MAX_INJECTED) {
      throw new Unsupported("a segment of " + length + " bytes from the peer");
    }
    if (end != null && (int) (long) end != (int) (sequence + length)) {
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
        window = sixteenBits("window", in.number());
      } else if (in.takeWord("urg")) {
        urgent = sixteenBits("urgent pointer", in.number());
      } else if (in.at("<")) {
        options = options(in.angled());
      } else if (in.at("[")) {
        throw new Unsupported("payload [" + in.bracketed() + "]");
      } else {
        break;
      }
    }
    Segment segment =
        new Segment(
            envelope, flags, sequence, (int) length, ack, (int) window, (int) urgent, options);
    return inbound ? new Script.Inbound(segment) : new Script.Outbound(segment);
  }

  private static long sixteenBits(String what, long number) {
    if (number < 0 || number > 0xffff) {
      throw new Unsupported("syntax: a " + what + " of " + number);
    }
    return number;
  }

  private static @Nullable List<Option> options(String text) {
    if (text.strip().equals("...")) {
      return null;
    }
    if (text.isBlank()) {
      return List.of();
    }
    List<Option> options = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] words = part.strip().split("[\\s:]+");
      try {
        options.add(option(words, part.strip()));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new Unsupported("syntax: TCP option <" + part.strip() + ">");
      }
    }
    return options;
  }

  private static Option option(String[] words, String text) {
    switch (words[0]) {
      case "nop", "eol" -> {
        return new Option(words[0], List.of());
      }
      case "mss", "wscale" -> {
        return new Option(words[0], List.of(Long.decode(words[1])));
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
      case "FO", "FOEXP" -> {
        String cookie = words.length > 1 ? words[1] : "";
        if (cookie.length() > 36 || cookie.length() % 2 != 0 || !cookie.matches("[0-9a-fA-F]*")) {
          throw new Unsupported("syntax: TCP option <" + text + ">");
        }
        return new Option(words[0], cookie.toLowerCase(Locale.ROOT));
      }
      case "md5", "MD5", "ECN", "ao", "AO", "exp" -> {
        return new Option(words[0], text.substring(words[0].length()).strip());
      }
      default -> throw new Unsupported("TCP option <" + text + ">");
    }
  }
}
