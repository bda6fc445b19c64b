package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where packets to a network go: immutable.
 *
 * @param network the network, bits beyond the prefix zero
 * @param prefixLength in bits of the network's own family
 * @param gateway the next hop, or null if the network is on the interface's link
 * @param iface the interface to send through
 */
public record Route(
    IpAddress network, int prefixLength, @Nullable IpAddress gateway, IpInterface iface) {

  /** The prefix length counted in 128 bits, IPv4 in its mapped form. */
  int bits() {
    return network.isV4() ? 96 + prefixLength : prefixLength;
  }

  /** The route in words, as {@code 10.0.0.0/8 via 10.77.0.1 on tap0}. */
  @Override
  public String toString() {
    String via = gateway == null ? "" : " via " + gateway;
    return network + "/" + prefixLength + via + " on " + iface.name();
  }
}
