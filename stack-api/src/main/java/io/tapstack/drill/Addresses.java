package io.tapstack.drill;

import io.tapstack.wire.IpAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Socket addresses of scripts: {@code {sa_family=AF_INET, sin_port=htons(80), sin_addr=...}}. */
final class Addresses {
  private static final long INET = 2;
  private static final long INET6 = 10;

  private final Settings settings;

  Addresses(Settings settings) {
    this.settings = settings;
  }

  /** The port that is written, or another where nothing is. */
  int port(Value address, int otherwise) {
    if (!(address instanceof Value.Struct struct)) {
      return otherwise;
    }
    Value port = field(struct, "sin_port", "sin6_port");
    return port == null ? otherwise : (int) Constants.integer(port);
  }

  /** The host that is written, or another where nothing is. */
  IpAddress host(Value address, IpAddress otherwise) {
    if (!(address instanceof Value.Struct struct)) {
      return otherwise;
    }
    Value host = field(struct, "sin_addr", "sin6_addr");
    return host == null || host instanceof Value.Any ? otherwise : address(host);
  }

  /** Whether an address is of the family of the script's sockets. */
  boolean isOurs(Value address) {
    Value family = address instanceof Value.Struct struct ? struct.fields().get("sa_family") : null;
    return family == null
        || family instanceof Value.Any
        || Constants.integer(family) == (settings.family().equals("AF_INET") ? INET : INET6);
  }

  /** What differs between what a script expects and an address and port; null if nothing does. */
  @Nullable String difference(@Nullable Value expected, IpAddress host, int port) {
    if (expected == null || expected instanceof Value.Any) {
      return null;
    }
    if (!(expected instanceof Value.Struct)) {
      throw new Unsupported("address " + expected);
    }
    boolean same =
        isOurs(expected) && host(expected, host).equals(host) && port(expected, port) == port;
    return same ? null : host + " port " + port;
  }

  private static @Nullable Value field(Value.Struct struct, String name, String name6) {
    Map<String, Value> fields = struct.fields();
    Value value = fields.getOrDefault(name, fields.get(name6));
    return value instanceof Value.Any ? null : value;
  }

  /** {@code inet_addr("192.0.2.1")}, {@code inet_pton(AF_INET6, "2001:db8::1")}, INADDR_ANY. */
  private IpAddress address(Value value) {
    if (value instanceof Value.Applied applied && !applied.arguments().isEmpty()) {
      Value last = applied.arguments().get(applied.arguments().size() - 1);
      if (last instanceof Value.Text text) {
        IpAddress parsed = IpAddress.parseOrNull(text.value());
        if (parsed != null) {
          return parsed;
        }
      } else if (applied.function().equals("htonl")) {
        return address(last);
      }
    }
    String word = value.toString();
    if (word.equals("INADDR_ANY") || word.equals("in6addr_any") || word.equals("0")) {
      return any();
    }
    throw new Unsupported("address " + value);
  }

  /** The address that stands for all of the family of sockets. */
  IpAddress any() {
    return settings.version() == Settings.Version.IPV4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
  }
}
