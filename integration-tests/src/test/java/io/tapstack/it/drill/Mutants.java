package io.tapstack.it.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Wrong copies of a right script, each with one thing changed that a runner must notice: what the
 * stack is expected to send or to return, or when. What the script itself does to the stack stays.
 */
final class Mutants {
  private static final Pattern EXPECTED =
      Pattern.compile("(\\S+) > ([A-Z.]+) (\\d+):(\\d+)\\((\\d+)\\)(.*)");
  private static final Pattern CALL = Pattern.compile("(.*\\) = )(-?\\d+)( [A-Z]+)?(.*)");

  /** A mutant: what was done to which line, and the text of the script. */
  record Mutant(String what, String text) {}

  private final List<String> lines;
  private final List<Mutant> mutants = new ArrayList<>();

  private Mutants(String script) {
    lines = script.lines().toList();
  }

  static List<Mutant> of(String script) {
    Mutants made = new Mutants(script);
    for (int i = 0; i < made.lines.size(); i++) {
      String line = made.lines.get(i);
      Matcher expected = EXPECTED.matcher(line);
      Matcher call = CALL.matcher(line);
      if (expected.matches()) {
        made.ofPacket(i, expected.toMatchResult());
      } else if (!line.startsWith("//") && !line.contains(" < ") && call.matches()) {
        made.ofCall(i, call.toMatchResult());
      }
    }
    return made.mutants;
  }

  private void ofPacket(int i, MatchResult m) {
    String line = lines.get(i);
    long seq = Long.parseLong(m.group(3));
    int length = Integer.parseInt(m.group(5));
    String head = m.group(1) + " > " + m.group(2) + " ";
    add(i, "seq + 1000", head + range(seq + 1000, length) + m.group(6));
    add(i, "length + 1", head + range(seq, length + 1) + m.group(6));
    if (length > 1) {
      add(i, "length - 1", head + range(seq, length - 1) + m.group(6));
    }
    number(i, line, "ack", "ack (\\d+)", n -> n + 1);
    number(i, line, "mss", "mss (\\d+)", n -> n + 1);
    number(i, line, "win", "win (\\d+)", n -> n == 0 ? 1 : n - 1);
    number(i, line, "wscale", "wscale (\\d+)", n -> n + 1);
    number(i, line, "SACK block", "sack (\\d+)", n -> n + 1);
    number(i, line, "ecr", "ecr (\\d+)", n -> n + 7);
    for (String flag : List.of("S", "F", "R", "P", ".")) {
      String flags = m.group(2);
      String others =
          !flags.contains(flag)
              ? flag + flags
              : flags.length() > 1 ? flags.replace(flag, "") : null;
      if (others != null) {
        add(i, "flags " + others, line.replace("> " + flags + " ", "> " + others + " "));
      }
    }
    add(i, "removed", null);
    add(i, "doubled", line + "\n" + line.replace(m.group(1) + " >", "+0 >"));
    if (m.group(1).startsWith("+")) {
      double seconds = Double.parseDouble(m.group(1).substring(1));
      add(i, "late", time(seconds + 0.02) + line.substring(m.group(1).length()));
      if (seconds >= 0.02) {
        add(i, "early", time(seconds - 0.02) + line.substring(m.group(1).length()));
      }
    }
  }

  private static String time(double seconds) {
    return "+" + String.format(Locale.ROOT, "%.3f", seconds);
  }

  private static String range(long seq, int length) {
    return seq + ":" + (seq + length) + "(" + length + ")";
  }

  private void number(
      int i, String line, String what, String pattern, Function<Long, Long> change) {
    Matcher matcher = Pattern.compile(pattern).matcher(line);
    if (matcher.find()) {
      long changed = change.apply(Long.parseLong(matcher.group(1)));
      add(i, what, line.substring(0, matcher.start(1)) + changed + line.substring(matcher.end(1)));
    }
  }

  private void ofCall(int i, MatchResult m) {
    long value = Long.parseLong(m.group(2));
    String rest = m.group(4);
    if (m.group(3) == null) {
      add(i, "returns more", m.group(1) + (value + 1) + rest);
      add(i, "returns an error", m.group(1) + "-1 EINVAL (Invalid argument)");
    } else {
      String other = m.group(3).equals(" EPIPE") ? " EAGAIN" : " EPIPE";
      add(i, "other errno", m.group(1) + "-1" + other + rest);
      add(i, "no error", m.group(1) + "0");
    }
  }

  private void add(int index, String what, @Nullable String line) {
    List<String> changed = new ArrayList<>(lines);
    if (line == null) {
      changed.remove(index);
    } else {
      changed.set(index, line);
    }
    String where = "line " + (index + 1) + " " + what;
    mutants.add(new Mutant(where, String.join("\n", changed) + "\n"));
  }
}
