package io.tapstack.drill;

import io.tapstack.drill.Script.Action;
import io.tapstack.drill.Script.Event;
import io.tapstack.drill.Script.When;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the packetdrill language by recursive descent: options, times, and what happens. */
final class ScriptParser {
  /** Longer scripts are none: the longest of public suites have some 60 KB. */
  static final int MAX_LENGTH = 1 << 20;

  private static final int MAX_EVENTS = 50_000;
  private static final int MAX_DEFINITIONS = 64;
  private static final Pattern DEFINITION = Pattern.compile("([A-Za-z_]\\w*)=(\\S*)");

  private Scanner in;

  ScriptParser(String text) {
    in = new Scanner(text);
  }

  Script parse() {
    Map<String, String> options = new LinkedHashMap<>();
    List<String> setup = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    String unsupported = null;
    try {
      if (in.length() > MAX_LENGTH) {
        throw new Unsupported("a script of " + in.length() + " characters");
      }
      options(options);
      while (in.at("`")) {
        setup.add(in.quoted('`'));
        in.skip();
      }
      events(events);
    } catch (Unsupported e) {
      unsupported = "line " + in.line() + ": " + e.getMessage();
    }
    return new Script(options, setup, events, unsupported);
  }

  private void options(Map<String, String> options) {
    Map<String, String> definitions = new LinkedHashMap<>();
    in.skip();
    while (in.at("-")) {
      if (in.takeWord("-D") || in.takeWord("--define")) {
        in.take("=");
        Matcher definition = DEFINITION.matcher(in.wordToSpace());
        if (!definition.matches() || definitions.size() == MAX_DEFINITIONS) {
          throw new Unsupported("syntax: -D");
        }
        definitions.put(definition.group(1), definition.group(2));
      } else {
        option(options);
      }
      in.skip();
    }
    if (!definitions.isEmpty()) {
      in = in.replacing(definitions, MAX_LENGTH);
    }
  }

  private void option(Map<String, String> options) {
    String word = in.wordToSpace();
    if (!word.startsWith("--")) {
      throw new Unsupported("option " + word);
    }
    int equals = word.indexOf('=');
    String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
    String value = equals < 0 ? "" : word.substring(equals + 1);
    if (value.startsWith("\"") && (value.length() == 1 || !value.endsWith("\""))) {
      value += in.until("\"");
    }
    options.put(name, value.replace("\"", ""));
  }

  private void events(List<Event> events) {
    PacketParser packets = new PacketParser(in);
    ValueParser values = new ValueParser(in);
    while (!in.atEnd()) {
      if (events.size() == MAX_EVENTS) {
        throw new Unsupported("more than " + MAX_EVENTS + " events");
      }
      if (in.at("`")) {
        in.quoted('`'); // what cleans up after the run; here nothing is left to clean
        in.skip();
        continue;
      }
      int line = in.line();
      int start = in.position();
      When when = when();
      in.skip();
      Action action = action(packets, values);
      events.add(new Event(line, in.since(start), when, action));
      in.skip();
    }
  }

  private When when() {
    if (in.take("*")) {
      return new When(true, false, 0, 0, false);
    }
    boolean relative = in.take("+");
    in.skipBlanks();
    long start = in.seconds();
    in.skipBlanks();
    boolean blocking = in.take("...");
    if (!blocking && !in.take("~")) {
      return new When(false, relative, start, start, false);
    }
    in.skipBlanks();
    in.take("+");
    long end = in.seconds();
    if (end < start) {
      throw new Unsupported("syntax: a range of time that ends before it begins");
    }
    return new When(false, relative, start, end, blocking);
  }

  private Action action(PacketParser packets, ValueParser values) {
    if (in.take("<")) {
      return packets.parse(true);
    }
    if (in.take(">")) {
      return packets.parse(false);
    }
    if (in.at("`")) {
      return new Script.Shell(in.quoted('`'));
    }
    if (in.take("%{")) {
      return new Script.Code(in.until("}%"));
    }
    return values.call();
  }
}
