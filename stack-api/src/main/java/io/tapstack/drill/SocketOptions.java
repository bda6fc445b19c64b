package io.tapstack.drill;

import io.tapstack.tcp.CongestionControls;
import java.util.Map;

/** {@code setsockopt} and {@code getsockopt} by Linux's names. */
final class SocketOptions {
  private static final long SECOND = 1_000_000_000;
  private static final long MILLISECOND = 1_000_000;
  private static final long MICROSECOND = 1000;

  private final Bench bench;

  SocketOptions(Bench bench) {
    this.bench = bench;
  }

  Outcome set(Descriptor file, String level, Value option, Value value) {
    String name = check(level, option);
    if (file instanceof StreamSocket stream) {
      return set(stream, name, value);
    }
    if (file instanceof DatagramSocket datagram) {
      return set(datagram, name, value);
    }
    return Outcome.error("ENOTSOCK");
  }

  private Outcome set(StreamSocket s, String name, Value value) {
    switch (name) {
      case "SO_LINGER" -> {
        return linger(s, value);
      }
      case "TCP_CONGESTION" -> {
        return congestion(s, value);
      }
      case "SO_RCVTIMEO" -> s.receiveTimeout = time(value);
      case "SO_SNDTIMEO" -> s.sendTimeout = time(value);
      default -> {
        return set(s, name, Constants.integer(value));
      }
    }
    return Outcome.of(0);
  }

  private Outcome set(StreamSocket s, String name, long number) {
    switch (name) {
      case "SO_REUSEADDR" -> s.reuseAddress = number != 0;
      case "SO_KEEPALIVE" -> s.keepAlive = number != 0;
      case "TCP_NODELAY" -> s.noDelay = number != 0;
      case "TCP_USER_TIMEOUT" -> {
        if (number < 0) {
          return Outcome.error("EINVAL");
        }
        s.userTimeout = number * MILLISECOND;
      }
      case "TCP_QUICKACK" -> s.quickAck(number != 0);
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

  private static Outcome set(DatagramSocket s, String name, Value value) {
    switch (name) {
      case "SO_RCVTIMEO" -> s.receiveTimeout = time(value);
      case "SO_REUSEADDR" -> {}
      default -> throw new Unsupported("setsockopt " + name + " on a UDP socket");
    }
    return Outcome.of(0);
  }

  private static Outcome linger(StreamSocket s, Value value) {
    Map<String, Value> fields = fields("SO_LINGER", value, "onoff", "linger");
    boolean on = Constants.integer(fields.get("onoff")) != 0;
    if (on && Constants.integer(fields.get("linger")) != 0) {
      throw new Unsupported("SO_LINGER that waits");
    }
    s.abortOnClose = on;
    return Outcome.of(0);
  }

  private static Outcome congestion(StreamSocket s, Value value) {
    String name = text(value);
    if (!CongestionControls.names().contains(name)) {
      return Outcome.error("ENOENT");
    }
    s.congestionControl = name;
    s.apply();
    return Outcome.of(0);
  }

  private static String text(Value value) {
    if (value instanceof Value.Text text) {
      return text.value();
    }
    if (value instanceof Value.Items items && items.values().size() == 1) {
      return text(items.values().get(0));
    }
    throw new Unsupported("value " + value);
  }

  /** {@code {tv_sec=1, tv_usec=0}}. */
  private static long time(Value value) {
    Map<String, Value> fields = fields("a timeout", value, "tv_sec", "tv_usec");
    long seconds = Constants.integer(fields.get("tv_sec"));
    long micros = Constants.integer(fields.get("tv_usec"));
    if (seconds < 0 || seconds > 1_000_000 || micros < 0 || micros > 999_999) {
      throw new Unsupported("a timeout of " + value);
    }
    return seconds * SECOND + micros * MICROSECOND;
  }

  private static Map<String, Value> fields(String what, Value value, String one, String other) {
    if (value instanceof Value.Struct struct
        && struct.fields().containsKey(one)
        && struct.fields().containsKey(other)) {
      return struct.fields();
    }
    throw new Unsupported("syntax: " + what + " " + value);
  }

  Outcome get(Descriptor file, String level, Value option, Value expected) {
    String name = check(level, option);
    if (file instanceof EventPoll) {
      return Outcome.error("ENOTSOCK");
    }
    if (name.equals("TCP_INFO") && expected instanceof Value.Any) {
      return Outcome.of(0);
    }
    if (name.equals("TCP_CONGESTION") && file instanceof StreamSocket stream) {
      String seen = stream.congestionControl();
      boolean told = !(expected instanceof Value.Any);
      return told && !text(expected).equals(seen)
          ? new Outcome(0, null, name + " " + seen)
          : Outcome.of(0);
    }
    long number;
    if (file instanceof StreamSocket stream) {
      number = number(stream, name);
    } else if (file instanceof DatagramSocket datagram && name.equals("SO_ERROR")) {
      String error = datagram.takeError();
      number = error == null ? 0 : Constants.error(error);
    } else {
      throw new Unsupported("getsockopt " + name + " on a UDP socket");
    }
    boolean told = !(expected instanceof Value.Any);
    return told && Constants.integer(expected) != number
        ? new Outcome(0, null, name + " " + number)
        : Outcome.of(0);
  }

  private long number(StreamSocket s, String name) {
    return switch (name) {
      case "SO_REUSEADDR" -> s.reuseAddress ? 1 : 0;
      case "SO_KEEPALIVE" -> s.keepAlive ? 1 : 0;
      case "SO_ACCEPTCONN" -> s.listener != null ? 1 : 0;
      case "SO_TYPE" -> 1;
      case "SO_PROTOCOL" -> 6;
      case "TCP_NODELAY" -> s.noDelay ? 1 : 0;
      case "TCP_QUICKACK" -> s.quickAck() ? 1 : 0;
      case "TCP_KEEPIDLE" -> s.keepIdle / SECOND;
      case "TCP_KEEPINTVL" -> s.keepInterval / SECOND;
      case "TCP_KEEPCNT" -> s.keepCount;
      case "TCP_USER_TIMEOUT" -> s.userTimeout / MILLISECOND;
      case "SO_ERROR" -> {
        String error = s.takeError();
        yield error == null ? 0 : Constants.error(error);
      }
      default -> throw new Unsupported("getsockopt " + name);
    };
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
