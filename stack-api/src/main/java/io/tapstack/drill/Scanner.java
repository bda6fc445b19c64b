package io.tapstack.drill;

import java.math.BigDecimal;

/** A position in a script's text, and the small words of its language. */
final class Scanner {
  private final String text;
  private int at;

  Scanner(String text) {
    this.text = text;
  }

  int position() {
    return at;
  }

  boolean atEnd() {
    return at >= text.length();
  }

  int line() {
    return 1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
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
    if (here() == '.' && at + 1 < text.length() && Character.isDigit(text.charAt(at + 1))) {
      at++;
      while (Character.isDigit(here())) {
        at++;
      }
    }
    if (start == at) {
      throw new Unsupported("syntax: expected a time before " + rest());
    }
    return new BigDecimal(text.substring(start, at)).movePointRight(9).longValue();
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
