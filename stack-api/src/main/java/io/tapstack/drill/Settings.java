package io.tapstack.drill;

import io.tapstack.wire.IpAddress;
import java.util.Map;
import java.util.Set;

/**
 * The {@code --name=value} lines of a script, over packetdrill's defaults.
 *
 * @param version of the wire and of the sockets
 * @param toleranceNanos how much earlier or later a packet may come
 * @param timestampTickNanos the unit of TS val if it is to be compared, else 0
 * @param segmentSize where a long expected range is cut if the script says it, else 0
 * @param prefix the length of the local network's prefix; the remote address is behind the gateway
 */
record Settings(
    Version version,
    long toleranceNanos,
    long timestampTickNanos,
    int mtu,
    int segmentSize,
    boolean strictSegments,
    IpAddress local,
    IpAddress remote,
    IpAddress gateway,
    int prefix,
    int localPort,
    int remotePort) {
  /** The values of {@code --ip_version}. */
  enum Version {
    IPV4("ipv4"),
    IPV6("ipv6"),
    /** Sockets of IPv6 whose packets are IPv4, RFC 4291 section 2.5.5.2. */
    MAPPED("ipv4-mapped-ipv6");

    private final String word;

    Version(String word) {
      this.word = word;
    }

    private static Version of(String word) {
      for (Version version : values()) {
        if (version.word.equals(word)) {
          return version;
        }
      }
      throw new Unsupported("option --ip_version=" + word);
    }
  }

  private static final int MAX_TOLERANCE_USECS = 60_000_000;

  private static final Set<String> HEEDED =
      Set.of(
          "ip_version",
          "tolerance_usecs",
          "tcp_ts_tick_usecs",
          "mtu",
          "mss",
          "strict_segments",
          "local_ip",
          "remote_ip",
          "gateway_ip",
          "bind_port",
          "connect_port");

  /** How the original reaches a kernel, and what it prints: nothing of that is here. */
  private static final Set<String> INDIFFERENT =
      Set.of(
          "netmask_ip",
          "speed",
          "verbose",
          "debug",
          "dry_run",
          "persistent_tun_dev",
          "tun_device",
          "send_omit_free",
          "non_fatal",
          "init_scripts",
          "code_command",
          "code_format",
          "code_sockopt");

  /** The options that mean something here. */
  static Set<String> names() {
    return HEEDED;
  }

  static Settings of(Map<String, String> options) {
    for (String name : options.keySet()) {
      if (!HEEDED.contains(name) && !INDIFFERENT.contains(name)) {
        throw new Unsupported("option --" + name);
      }
    }
    Version version = Version.of(options.getOrDefault("ip_version", "ipv4"));
    boolean six = version == Version.IPV6;
    // RFC 8200 section 5 and RFC 791 section 3.2; less is no network.
    return new Settings(
        version,
        1000 * number(options, "tolerance_usecs", 4000, 0, MAX_TOLERANCE_USECS),
        1000 * number(options, "tcp_ts_tick_usecs", 0, 0, 1_000_000),
        (int) number(options, "mtu", 1500, six ? 1280 : 68, 65_535),
        (int) number(options, "mss", 0, 1, 65_535),
        options.containsKey("strict_segments"),
        address(options, "local_ip", six ? "fd3d:fa7b:d17d::1" : "192.168.0.1"),
        address(options, "remote_ip", six ? "fd3d:a0b:17d6::1" : "192.0.2.1"),
        address(options, "gateway_ip", six ? "fd3d:fa7b:d17d:8888::2" : "192.168.0.2"),
        six ? 48 : 16,
        (int) number(options, "bind_port", 8080, 1, 65_535),
        (int) number(options, "connect_port", 8080, 1, 65_535));
  }

  /** Whether packets are IPv6. */
  boolean isSix() {
    return version == Version.IPV6;
  }

  /** The family of sockets. */
  String family() {
    return version == Version.IPV4 ? "AF_INET" : "AF_INET6";
  }

  /** Header of IP and TCP without options. */
  int headers() {
    return isSix() ? 60 : 40;
  }

  private static long number(
      Map<String, String> options, String name, long otherwise, long least, long most) {
    String value = options.get(name);
    try {
      long number = value == null ? otherwise : Long.parseLong(value);
      if (value == null || number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new Unsupported("option --" + name + "=" + value);
  }

  private static IpAddress address(Map<String, String> options, String name, String otherwise) {
    String value = options.getOrDefault(name, otherwise);
    IpAddress address = IpAddress.parseOrNull(value);
    if (address == null || address.isV4() != IpAddress.parseOrNull(otherwise).isV4()) {
      throw new Unsupported("option --" + name + "=" + value);
    }
    return address;
  }
}
