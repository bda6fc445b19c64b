package io.tapstack.drill;

import io.tapstack.drill.Script.Action;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads socket calls: {@code name(arguments) = result ERRNO (text)}. */
final class ValueParser {
  /** Structures in structures; a message header has three. */
  private static final int MAX_DEPTH = 16;

  private final Scanner in;
  private int depth;

  ValueParser(Scanner in) {
    this.in = in;
  }

  Action call() {
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
    if (++depth > MAX_DEPTH) {
      throw new Unsupported("syntax: values nested deeper than " + MAX_DEPTH);
    }
    Value value = union();
    depth--;
    return value;
  }

  private Value union() {
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
      StringBuilder text = new StringBuilder(in.quoted('"'));
      in.skip();
      while (in.at("\"")) { // pieces next to each other are one string, as in C
        text.append(in.quoted('"'));
        in.skip();
      }
      return new Value.Text(text.toString());
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
    in.skipBlanks();
    return in.take("(") ? new Value.Applied(name, values(")")) : new Value.Word(name);
  }

  private Value struct() {
    Map<String, Value> fields = new LinkedHashMap<>();
    in.skip();
    while (!in.take("}")) {
      Value first = value();
      in.skip();
      if (in.take("=")) { // a field: its name may be written name(...), as msg_iov(1) is
        String name =
            first instanceof Value.Applied applied ? applied.function() : first.toString();
        in.skip();
        fields.put(name, value());
      } else {
        fields.put(String.valueOf(fields.size()), first); // {..., 1000}: fields by position
      }
      in.skip();
      if (!in.take(",") && !in.at("}")) {
        throw new Unsupported("syntax: expected , or } before " + in.rest());
      }
      in.skip();
    }
    return new Value.Struct(fields);
  }
}
