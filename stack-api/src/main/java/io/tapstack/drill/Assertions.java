package io.tapstack.drill;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code %{ assert field == value }%} over {@code TCP_INFO}. */
final class Assertions {
  private static final Pattern FORM =
      Pattern.compile("assert\\s*\\(?\\s*(\\w+)\\s*(==|!=|<=|>=|<|>)\\s*(\\w+)\\s*\\)?\\s*(,.*)?");

  private Assertions() {}

  /** Evaluates all assertions of a block against a socket. */
  static void check(String source, @Nullable Socket socket) {
    for (String statement : source.split("[;\\n]")) {
      String text = statement.strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        checkOne(text, socket);
      }
    }
  }

  private static void checkOne(String text, @Nullable Socket socket) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new Unsupported("code: " + text);
    }
    long left = term(matcher.group(1), socket);
    long right = term(matcher.group(3), socket);
    boolean holds =
        switch (matcher.group(2)) {
          case "==" -> left == right;
          case "!=" -> left != right;
          case "<" -> left < right;
          case "<=" -> left <= right;
          case ">" -> left > right;
          default -> left >= right;
        };
    if (!holds) {
      throw new Mismatch(text, matcher.group(1) + " = " + left);
    }
  }

  private static long term(String word, @Nullable Socket socket) {
    if (Character.isDigit(word.charAt(0))) {
      try {
        return Long.decode(word);
      } catch (NumberFormatException e) {
        throw new Unsupported("code: the number " + word);
      }
    }
    if (word.equals("tcpi_state")) {
      return socket == null ? 7 : socket.state();
    }
    Long number = Constants.number(word);
    if (number == null) {
      throw new Unsupported("TCP_INFO field " + word);
    }
    return number;
  }
}
