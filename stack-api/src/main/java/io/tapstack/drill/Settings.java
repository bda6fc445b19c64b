package io.tapstack.drill;

import io.tapstack.wire.IpAddress;
import java.util.Map;

/**
 * The {@code --name=value} lines of a script, over packetdrill's defaults.
 *
 * @param toleranceNanos how much earlier or later a packet may come
 * @param timestampTickNanos the unit of TS val if it is to be compared, else 0
 * @param prefix the length of the local network's prefix; the remote address is behind the gateway
 */
record Settings(
    long toleranceNanos,
    long timestampTickNanos,
    int mtu,
    boolean strictSegments,
    IpAddress local,
    IpAddress remote,
    IpAddress gateway,
    int prefix,
    int localPort,
    int remotePort) {

  static Settings of(Map<String, String> options) {
    options.keySet().forEach(Settings::check);
    String version = options.getOrDefault("ip_version", "ipv4");
    boolean six = version.equals("ipv6");
    if (!six && !version.equals("ipv4")) {
      throw new Unsupported("--ip_version=" + version);
    }
    long mtu = number(options, "mtu", 1500);
    if (mtu < (six ? 1280 : 128) || mtu > 65_535) {
      throw new Unsupported("option --mtu=" + mtu);
    }
    return new Settings(
        1000 * number(options, "tolerance_usecs", 4000),
        1000 * number(options, "tcp_ts_tick_usecs", 0),
        (int) mtu,
        options.containsKey("strict_segments"),
        address(options, "local_ip", six ? "fd3d:fa7b:d17d::1" : "192.168.0.1"),
        address(options, "remote_ip", six ? "fd3d:a0b:17d6::1" : "192.0.2.1"),
        address(options, "gateway_ip", six ? "fd3d:fa7b:d17d:8888::2" : "192.168.0.2"),
        six ? 48 : 16,
        (int) number(options, "bind_port", 8080),
        (int) number(options, "connect_port", 8080));
  }

  private static void check(String name) {
    switch (name) {
      case "tolerance_usecs",
          "tcp_ts_tick_usecs",
          "mtu",
          "strict_segments",
          "local_ip",
          "remote_ip",
          "gateway_ip",
          "ip_version",
          "bind_port",
          "connect_port",
          "netmask_ip" -> {}
      default -> throw new Unsupported("option --" + name);
    }
  }

  private static long number(Map<String, String> options, String name, long otherwise) {
    String value = options.get(name);
    try {
      return value == null ? otherwise : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new Unsupported("option --" + name + "=" + value);
    }
  }

  private static IpAddress address(Map<String, String> options, String name, String otherwise) {
    String value = options.getOrDefault(name, otherwise);
    IpAddress address = IpAddress.parseOrNull(value);
    if (address == null) {
      throw new Unsupported("option --" + name + "=" + value);
    }
    return address;
  }
}
