package io.tapstack.socket;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which TAP device an {@link EthernetInterface} opens, and what it does to the Linux side of it.
 * Immutable; every method answers changed options.
 *
 * <pre>{@code
 * new EthernetInterface(TapOptions.named("tap0").hostAddress("10.77.0.1/24"))
 * }</pre>
 *
 * @param name the interface's name, or a pattern such as {@code tap%d}
 * @param hostAddresses what Linux gets on its side, such as {@code 10.77.0.1/24}; if there are any,
 *     the interface is brought up too, which needs CAP_NET_ADMIN
 * @param mtu the MTU to set, or 0 to leave it alone
 * @param pcap where to capture to, or null
 */
public record TapOptions(String name, List<String> hostAddresses, int mtu, @Nullable Path pcap) {
  /** What {@code new EthernetInterface()} opens. */
  public static final String DEFAULT_NAME = "tap0";

  /** Copies the list. */
  public TapOptions {
    hostAddresses = List.copyOf(hostAddresses);
  }

  /** {@link #DEFAULT_NAME}, with the Linux side left as it is. */
  public static TapOptions defaults() {
    return named(DEFAULT_NAME);
  }

  /** A device of this name, with the Linux side left as it is. */
  public static TapOptions named(String name) {
    return new TapOptions(name, List.of(), 0, null);
  }

  /** Gives Linux one more address on its side, and brings it up. */
  public TapOptions hostAddress(String withPrefix) {
    List<String> more = new ArrayList<>(hostAddresses);
    more.add(withPrefix);
    return new TapOptions(name, more, mtu, pcap);
  }

  /** Sets the MTU. */
  public TapOptions mtu(int bytes) {
    return new TapOptions(name, hostAddresses, bytes, pcap);
  }

  /** Captures to a file. */
  public TapOptions pcap(Path file) {
    return new TapOptions(name, hostAddresses, mtu, file);
  }
}
