package io.tapstack.drill;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A position in a script's text, and the small words of its language. */
final class Scanner {
  /** More than a year is a slip. */
  private static final long MAX_SECONDS = 40_000_000;

  private final String text;
  private int at;
  private int counted;
  private int lines = 1;

  Scanner(String text) {
    this.text = text;
  }

  int position() {
    return at;
  }

  int length() {
    return text.length();
  }

  /**
   * The same position in a text in which what follows has words replaced.
   *
   * @param limit the longest that the text may become
   */
  Scanner replacing(Map<String, String> words, int limit) {
    String rest = text.substring(at);
    for (Map.Entry<String, String> word : words.entrySet()) {
      Pattern whole = Pattern.compile("\\b" + Pattern.quote(word.getKey()) + "\\b");
      rest = whole.matcher(rest).replaceAll(Matcher.quoteReplacement(word.getValue()));
      if (rest.length() > limit) {
        throw new Unsupported("definitions that make a script longer than " + limit);
      }
    }
    Scanner replaced = new Scanner(text.substring(0, at) + rest);
    replaced.at = at;
    return replaced;
  }

  boolean atEnd() {
    return at >= text.length();
  }

  /** The line of the position, from 1. */
  int line() {
    while (counted < at) {
      lines += text.charAt(counted++) == '\n' ? 1 : 0;
    }
    return lines;
  }

  /** What stands between a position and here, on one line. */
  String since(int start) {
    return text.substring(start, at).strip().replaceAll("\\s+", " ");
  }

  /** The next few characters, for a message. */
  String rest() {
    String rest = text.substring(at, Math.min(at + 20, text.length())).split("\n", 2)[0];
    return rest.isEmpty() ? "the end" : '"' + rest + '"';
  }

  private char here() {
    return atEnd() ? '\0' : text.charAt(at);
  }

  void skipBlanks() {
    while (here() == ' ' || here() == '\t') {
      at++;
    }
  }

  /** Skips blanks, line ends and comments. */
  void skip() {
    while (!atEnd()) {
      if (Character.isWhitespace(here())) {
        at++;
      } else if (at("//") || here() == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (take("/*")) {
        until("*/");
      } else {
        return;
      }
    }
  }

  boolean at(String word) {
    return text.startsWith(word, at);
  }

  boolean take(String word) {
    if (at(word)) {
      at += word.length();
      return true;
    }
    return false;
  }

  /** Takes a word that ends there, and the blanks behind it. */
  boolean takeWord(String word) {
    int end = at + word.length();
    if (!at(word) || end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
      return false;
    }
    at = end;
    skipBlanks();
    return true;
  }

  void expect(String word) {
    if (!take(word)) {
      throw new Unsupported("syntax: expected " + word + " before " + rest());
    }
  }

  /** At {@code udp (1000)}, blanks or not. */
  boolean atUdp() {
    if (!at("udp")) {
      return false;
    }
    int next = at + 3;
    while (next < text.length() && (text.charAt(next) == ' ' || text.charAt(next) == '\t')) {
      next++;
    }
    return next < text.length() && text.charAt(next) == '(';
  }

  boolean atLetter() {
    return Character.isLetter(here());
  }

  boolean atNumber() {
    return Character.isDigit(here())
        || here() == '-' && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1));
  }

  String name() {
    int start = at;
    while (Character.isLetterOrDigit(here()) || here() == '_') {
      at++;
    }
    if (start == at) {
      throw new Unsupported("syntax: expected a name before " + rest());
    }
    return text.substring(start, at);
  }

  String wordToSpace() {
    int start = at;
    while (!atEnd() && !Character.isWhitespace(here())) {
      at++;
    }
    return text.substring(start, at);
  }

  long number() {
    int start = at;
    take("-");
    boolean hex = at("0x") || at("0X");
    at += hex ? 2 : 0;
    while (Character.digit(here(), hex ? 16 : 10) >= 0) {
      at++;
    }
    try {
      return Long.decode(hex ? text.substring(start, at) : decimal(text.substring(start, at)));
    } catch (NumberFormatException e) {
      throw new Unsupported("syntax: expected a number before " + rest());
    }
  }

  /** Without leading zeros, which {@link Long#decode} would read as octal. */
  private static String decimal(String digits) {
    return digits.replaceFirst("^(-?)0+(?=\\d)", "$1");
  }

  /** A time in seconds, as nanoseconds. */
  long seconds() {
    int start = at;
    while (Character.isDigit(here())) {
      at++;
    }
    if (here() == '.' && !at("...")) { // 0.5, .5 and 1. are times; 0...0.5 are two
      at++;
      while (Character.isDigit(here())) {
        at++;
      }
    }
    if (at == start || at == start + 1 && text.charAt(start) == '.') {
      throw new Unsupported("syntax: expected a time before " + rest());
    }
    BigDecimal seconds = new BigDecimal(text.substring(start, at));
    if (seconds.compareTo(BigDecimal.valueOf(MAX_SECONDS)) > 0) {
      throw new Unsupported("a time of " + seconds + " s");
    }
    return seconds.movePointRight(9).longValue();
  }

  /** What stands before an end, which is taken, too. */
  String until(String end) {
    int stop = text.indexOf(end, at);
    if (stop < 0) {
      throw new Unsupported("syntax: " + end + " is missing");
    }
    String between = text.substring(at, stop);
    at = stop + end.length();
    return between;
  }

  String quoted(char quote) {
    at++;
    return until(String.valueOf(quote));
  }

  String bracketed() {
    at++;
    return until("]");
  }

  String angled() {
    at++;
    return until(">");
  }
}
