package io.tapstack.drill;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** An argument or a result of a socket call as it is written in a script. */
public sealed interface Value {
  /** {@code ...}: anything. */
  record Any() implements Value {
    @Override
    public String toString() {
      return "...";
    }
  }

  /** An integer. */
  record Num(long value) implements Value {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /** A symbol such as {@code SOL_SOCKET}. */
  record Word(String name) implements Value {
    @Override
    public String toString() {
      return name;
    }
  }

  /** A string in quotes. */
  record Text(String value) implements Value {
    @Override
    public String toString() {
      return '"' + value + '"';
    }
  }

  /** {@code [a, b]}. */
  record Items(List<Value> values) implements Value {
    @Override
    public String toString() {
      return values.toString();
    }
  }

  /** {@code {a=1, b=2}}. */
  record Struct(Map<String, Value> fields) implements Value {
    @Override
    public String toString() {
      return fields.toString();
    }
  }

  /** {@code htons(8080)}. */
  record Applied(String function, List<Value> arguments) implements Value {
    @Override
    public String toString() {
      return function + arguments;
    }
  }

  /** {@code A | B}. */
  record Union(List<Value> parts) implements Value {
    @Override
    public String toString() {
      return parts.stream().map(Value::toString).collect(Collectors.joining("|"));
    }
  }
}
