package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/**
 * A unicast address of an interface and the length of the prefix that is on its link.
 *
 * @param address the address
 * @param prefixLength in bits of the address's own family: 0 to 32 or 0 to 128
 */
public record InterfaceAddress(IpAddress address, int prefixLength) {
  /** The address and its prefix length, as {@code 10.77.0.2/24}. */
  @Override
  public String toString() {
    return address + "/" + prefixLength;
  }
}
