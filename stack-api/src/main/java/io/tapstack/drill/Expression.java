package io.tapstack.drill;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of Python that scripts use in {@code %{ ... }%}: {@code assert} with a message,
 * assignments, {@code print}, which prints nothing here, and expressions of numbers and words with
 * or, and, not, chained comparisons, bits, shifts, arithmetic, {@code abs}, {@code min}, {@code
 * max}, {@code int} and {@code round}.
 */
final class Expression {
  private static final int MAX_LENGTH = 20_000;
  private static final int MAX_DEPTH = 50;
  private static final Pattern TOKEN =
      Pattern.compile(
          "[ \\t\\r]+|\\\\\\r?\\n|#[^\\n]*"
              + "|(?<number>0[xX][0-9a-fA-F]{1,15}|\\d{1,18}\\.\\d*|\\.\\d{1,18}|\\d{1,18})"
              + "|(?<name>[A-Za-z_]\\w*)"
              + "|(?<string>'[^'\\n]*'|\"[^\"\\n]*\")"
              + "|(?<sign>==|!=|<=|>=|<<|>>|//|\\*\\*|[-+*/%&|^~<>()=,;:\\n.\\[\\]{}])");

  /** Binary signs, those that bind least first; comparisons stand between them and not. */
  private static final List<List<String>> LEVELS =
      List.of(
          List.of("|"),
          List.of("^"),
          List.of("&"),
          List.of("<<", ">>"),
          List.of("+", "-"),
          List.of("*", "/", "//", "%"));

  private static final List<String> COMPARISONS = List.of("==", "!=", "<=", ">=", "<", ">");

  private final List<String> tokens = new ArrayList<>();
  private final Function<String, @Nullable Object> names;
  private final Map<String, Object> variables;

  /** What the statement that is being evaluated has asked for. */
  private final Map<String, Object> asked = new LinkedHashMap<>();

  private int at;
  private int depth;

  private Expression(
      String source, Function<String, @Nullable Object> names, Map<String, Object> variables) {
    this.names = names;
    this.variables = variables;
    tokenize(source);
  }

  /**
   * Runs a block.
   *
   * @param names what names mean that no assignment made
   * @param variables what earlier assignments made, and these will
   */
  static void run(
      String source, Function<String, @Nullable Object> names, Map<String, Object> variables) {
    new Expression(source, names, variables).statements();
  }

  private void tokenize(String source) {
    if (source.length() > MAX_LENGTH) {
      throw new Unsupported("code of " + source.length() + " characters");
    }
    Matcher matcher = TOKEN.matcher(source);
    int nested = 0;
    int position = 0;
    while (position < source.length()) {
      if (!matcher.find(position) || matcher.start() != position) {
        throw unsupported(source.substring(position).strip());
      }
      position = matcher.end();
      String token = matcher.group();
      nested += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
      boolean blank =
          matcher.group("number") == null
              && matcher.group("name") == null
              && matcher.group("string") == null
              && matcher.group("sign") == null;
      if (!blank && !(token.equals("\n") && nested > 0)) {
        tokens.add(token);
      }
    }
    tokens.add("\n");
  }

  private static Unsupported unsupported(String text) {
    return new Unsupported("code: " + text.split("\n", 2)[0]);
  }

  // ---- statements ----

  private void statements() {
    while (at < tokens.size()) {
      if (isEnd()) {
        at++;
        continue;
      }
      asked.clear();
      int start = at;
      String word = tokens.get(at);
      if (word.equals("assert")) {
        at++;
        assertion(start);
      } else if (word.equals("print") || word.equals("pass")) {
        skipToEnd();
      } else if (at + 1 < tokens.size() && tokens.get(at + 1).equals("=") && isName(word)) {
        at += 2;
        variables.put(word, or());
      } else {
        throw unsupported(statement(start));
      }
      if (!isEnd()) {
        throw unsupported(statement(start));
      }
    }
  }

  private void assertion(int start) {
    Object value = or();
    int end = at;
    if (take(",")) {
      skipToEnd(); // a message: whatever makes it
    }
    if (!isTrue(value)) {
      String seen =
          asked.isEmpty()
              ? text(value)
              : String.join(
                  ", ",
                  asked.entrySet().stream()
                      .map(e -> e.getKey() + " = " + text(e.getValue()))
                      .toList());
      throw new Mismatch(String.join(" ", tokens.subList(start, end)), seen);
    }
  }

  private boolean isEnd() {
    return tokens.get(at).equals("\n") || tokens.get(at).equals(";");
  }

  private void skipToEnd() {
    while (!isEnd()) {
      at++;
    }
  }

  private String statement(int start) {
    int end = start;
    while (!tokens.get(end).equals("\n")) {
      end++;
    }
    return String.join(" ", tokens.subList(start, end));
  }

  private boolean take(String token) {
    if (tokens.get(at).equals(token)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String token) {
    if (!take(token)) {
      throw unsupported(statement(at));
    }
  }

  // ---- expressions: both sides are always evaluated, which shows only in what is unsupported ----

  private Object or() {
    if (++depth > MAX_DEPTH) {
      throw new Unsupported("code nested deeper than " + MAX_DEPTH);
    }
    Object left = and();
    while (take("or")) {
      Object right = and();
      left = isTrue(left) ? left : right;
    }
    depth--;
    return left;
  }

  private Object and() {
    Object left = not();
    while (take("and")) {
      Object right = not();
      left = isTrue(left) ? right : left;
    }
    return left;
  }

  private Object not() {
    boolean negative = false;
    boolean any = false;
    while (take("not")) {
      negative = !negative;
      any = true;
    }
    Object value = comparison();
    return any ? (Object) (isTrue(value) != negative ? 1L : 0L) : value;
  }

  private Object comparison() {
    Object left = binary(0);
    if (!COMPARISONS.contains(tokens.get(at))) {
      return left;
    }
    boolean holds = true;
    while (COMPARISONS.contains(tokens.get(at))) {
      String sign = tokens.get(at++);
      Object right = binary(0);
      holds &= compares(left, sign, right);
      left = right;
    }
    return holds ? 1L : 0L;
  }

  private static boolean compares(Object left, String sign, Object right) {
    if (left instanceof String || right instanceof String) {
      boolean same = left.equals(right);
      return switch (sign) {
        case "==" -> same;
        case "!=" -> !same;
        default -> throw unsupported(text(left) + " " + sign + " " + text(right));
      };
    }
    int order =
        left instanceof Long a && right instanceof Long b
            ? Long.compare(a, b)
            : Double.compare(number(left), number(right));
    return switch (sign) {
      case "==" -> order == 0;
      case "!=" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private Object binary(int level) {
    if (level == LEVELS.size()) {
      return unary();
    }
    Object left = binary(level + 1);
    while (LEVELS.get(level).contains(tokens.get(at))) {
      String sign = tokens.get(at++);
      left = apply(left, sign, binary(level + 1));
    }
    return left;
  }

  private static Object apply(Object left, String sign, Object right) {
    if (left instanceof Long a && right instanceof Long b && !sign.equals("/")) {
      if ((sign.equals("//") || sign.equals("%")) && b == 0
          || sign.length() == 2 && sign.charAt(0) != '/' && (b < 0 || b > 62)) {
        throw unsupported(a + " " + sign + " " + b);
      }
      return switch (sign) {
        case "|" -> a | b;
        case "^" -> a ^ b;
        case "&" -> a & b;
        case "<<" -> a << b;
        case ">>" -> a >> b;
        case "+" -> a + b;
        case "-" -> a - b;
        case "*" -> a * b;
        case "//" -> Math.floorDiv(a, b);
        default -> Math.floorMod(a, b);
      };
    }
    double a = number(left);
    double b = number(right);
    return switch (sign) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      default -> throw unsupported(text(left) + " " + sign + " " + text(right));
    };
  }

  private Object unary() {
    if (++depth > MAX_DEPTH) {
      throw new Unsupported("code nested deeper than " + MAX_DEPTH);
    }
    Object value;
    if (take("-")) {
      Object operand = unary();
      value = operand instanceof Long n ? (Object) (-n) : (Object) (-number(operand));
    } else if (take("+")) {
      value = unary();
    } else if (take("~")) {
      Object operand = unary();
      if (!(operand instanceof Long n)) {
        throw unsupported("~" + text(operand));
      }
      value = ~n;
    } else {
      value = primary();
    }
    depth--;
    return value;
  }

  private Object primary() {
    String token = tokens.get(at++);
    char first = token.charAt(0);
    if (first == '(') {
      Object value = or();
      expect(")");
      return value;
    }
    if (first == '\'' || first == '"') {
      return token.substring(1, token.length() - 1);
    }
    if (Character.isDigit(first) || first == '.' && token.length() > 1) {
      boolean hex = token.startsWith("0x") || token.startsWith("0X");
      return hex
          ? (Object) Long.parseLong(token.substring(2), 16)
          : token.contains(".") ? (Object) Double.parseDouble(token) : Long.parseLong(token);
    }
    if (!isName(token)) {
      at--;
      throw unsupported(statement(at));
    }
    return take("(") ? call(token) : name(token);
  }

  private Object name(String name) {
    Object value =
        switch (name) {
          case "True" -> 1L;
          case "False" -> 0L;
          default -> variables.containsKey(name) ? variables.get(name) : names.apply(name);
        };
    if (value == null) {
      throw unsupported("the name " + name);
    }
    asked.put(name, value);
    return value;
  }

  private Object call(String function) {
    List<Object> arguments = new ArrayList<>();
    do {
      arguments.add(or());
    } while (take(","));
    expect(")");
    Object first = arguments.get(0);
    switch (function) {
      case "abs" -> {
        return first instanceof Long n ? (Object) Math.abs(n) : (Object) Math.abs(number(first));
      }
      case "int", "round" -> {
        double value = number(first);
        return function.equals("int") ? (long) value : (long) Math.rint(value);
      }
      case "min", "max" -> {
        Object best = first;
        for (Object each : arguments) {
          best = compares(each, function.equals("min") ? "<" : ">", best) ? each : best;
        }
        return best;
      }
      default -> throw unsupported("the function " + function);
    }
  }

  // ---- values: Long, Double, String ----

  private static boolean isName(String token) {
    return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
  }

  private static boolean isTrue(Object value) {
    return value instanceof String text ? !text.isEmpty() : number(value) != 0;
  }

  private static double number(Object value) {
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw unsupported("a number of " + text(value));
  }

  private static String text(Object value) {
    return value instanceof String ? "'" + value + "'" : value.toString();
  }
}
