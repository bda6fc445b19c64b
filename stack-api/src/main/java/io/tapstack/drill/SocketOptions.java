package io.tapstack.drill;

import java.util.Map;

/** {@code setsockopt} and {@code getsockopt} by Linux's names. */
final class SocketOptions {
  private static final long SECOND = 1_000_000_000;

  SocketOptions() {}

  Outcome set(Socket s, String level, Value option, Value value) {
    String name = check(level, option);
    if (name.equals("SO_LINGER")) {
      return linger(s, value);
    }
    long number = Constants.integer(value);
    switch (name) {
      case "SO_REUSEADDR" -> s.reuseAddress = number != 0;
      case "SO_KEEPALIVE" -> s.keepAlive = number != 0;
      case "TCP_NODELAY" -> s.noDelay = number != 0;
      case "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT" -> {
        boolean count = name.equals("TCP_KEEPCNT");
        if (number < 1 || number > (count ? 127 : 32_767)) {
          return Outcome.error("EINVAL");
        }
        switch (name) {
          case "TCP_KEEPIDLE" -> s.keepIdle = number * SECOND;
          case "TCP_KEEPINTVL" -> s.keepInterval = number * SECOND;
          default -> s.keepCount = (int) number;
        }
      }
      default -> throw new Unsupported("setsockopt " + name);
    }
    s.apply();
    return Outcome.of(0);
  }

  private static Outcome linger(Socket s, Value value) {
    if (!(value instanceof Value.Struct struct)
        || !struct.fields().containsKey("onoff")
        || !struct.fields().containsKey("linger")) {
      throw new Unsupported("SO_LINGER " + value);
    }
    Map<String, Value> fields = struct.fields();
    boolean on = Constants.integer(fields.get("onoff")) != 0;
    if (on && Constants.integer(fields.get("linger")) != 0) {
      throw new Unsupported("SO_LINGER that waits");
    }
    s.abortOnClose = on;
    return Outcome.of(0);
  }

  Outcome get(Socket s, String level, Value option, Value expected) {
    String name = check(level, option);
    long number =
        switch (name) {
          case "SO_REUSEADDR" -> s.reuseAddress ? 1 : 0;
          case "SO_KEEPALIVE" -> s.keepAlive ? 1 : 0;
          case "TCP_NODELAY" -> s.noDelay ? 1 : 0;
          case "TCP_KEEPIDLE" -> s.keepIdle / SECOND;
          case "TCP_KEEPINTVL" -> s.keepInterval / SECOND;
          case "TCP_KEEPCNT" -> s.keepCount;
          case "SO_ERROR" -> {
            String error = s.takeError();
            yield error == null ? 0 : Constants.error(error);
          }
          default -> throw new Unsupported("getsockopt " + name);
        };
    boolean told = !(expected instanceof Value.Any);
    return told && Constants.integer(expected) != number
        ? new Outcome(0, null, name + " " + number)
        : Outcome.of(0);
  }

  private static String check(String level, Value option) {
    String name = option.toString();
    switch (level) {
      case "SOL_SOCKET", "SOL_TCP", "IPPROTO_TCP" -> {
        return name;
      }
      default -> throw new Unsupported("socket option " + name + " of " + level);
    }
  }
}
