package io.tapstack.socket;

import io.tapstack.wire.IpAddress;

/** An address with the length of its network's prefix, such as 10.77.0.2/24. */
record Prefix(IpAddress address, int length) {
  /**
   * Parses {@code address/length}.
   *
   * @throws IllegalArgumentException with a message that says what was expected
   */
  static Prefix parse(String text) {
    int slash = text.indexOf('/');
    IpAddress address = IpAddress.parseOrNull(slash < 0 ? text : text.substring(0, slash));
    int length = slash < 0 ? -1 : number(text.substring(slash + 1));
    if (address == null || length < 0 || length > address.bits()) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is no address with a prefix length; expected one like 10.77.0.2/24"
              + " or fd77::2/64");
    }
    return new Prefix(address, length);
  }

  /** As {@link #parse}, with the length as a netmask or a number of bits. */
  static Prefix parse(String ip, String netmask) {
    IpAddress mask = IpAddress.parseOrNull(netmask);
    if (mask == null) {
      return parse(ip + "/" + netmask);
    }
    int bits = mask.isV4() ? mask.v4() : 0;
    int ones = Integer.bitCount(bits);
    if (!mask.isV4() || bits != (ones == 0 ? 0 : -1 << 32 - ones)) {
      throw new IllegalArgumentException(
          "\"" + netmask + "\" is no netmask; expected one like 255.255.255.0");
    }
    return parse(ip + "/" + ones);
  }

  private static int number(String text) {
    try {
      return text.length() <= 3 ? Integer.parseUnsignedInt(text) : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The netmask of an IPv4 prefix, or the prefix of ones of an IPv6 one. */
  IpAddress netmask() {
    if (address.isV4()) {
      return IpAddress.ofV4(length == 0 ? 0 : -1 << 32 - length);
    }
    long high = length == 0 ? 0 : -1L << Math.max(0, 64 - length);
    long low = length <= 64 ? 0 : -1L << 128 - length;
    return new IpAddress(high, low);
  }
}
