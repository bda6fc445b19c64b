package io.tapstack.ip;

import io.tapstack.wire.IpAddress;

/** Arithmetic on prefixes of 128-bit addresses; IPv4 prefixes are counted from bit 96. */
final class Prefixes {
  private Prefixes() {}

  /** The upper half of a mask of so many bits. */
  static long maskHigh(int bits) {
    return bits == 0 ? 0 : bits >= 64 ? -1L : -1L << (64 - bits);
  }

  /** The lower half of a mask of so many bits. */
  static long maskLow(int bits) {
    return bits <= 64 ? 0 : -1L << (128 - bits);
  }

  /** The length of a prefix of an address's own family, counted in 128 bits. */
  static int bits(IpAddress address, int prefixLength) {
    return address.isV4() ? 96 + prefixLength : prefixLength;
  }

  /** The address with everything beyond the prefix cleared. */
  static IpAddress network(IpAddress address, int prefixLength) {
    int bits = bits(address, prefixLength);
    return new IpAddress(address.high() & maskHigh(bits), address.low() & maskLow(bits));
  }

  /** How many leading bits two addresses share, 0 to 128. */
  static int common(long high1, long low1, long high2, long low2) {
    return high1 != high2
        ? Long.numberOfLeadingZeros(high1 ^ high2)
        : 64 + Long.numberOfLeadingZeros(low1 ^ low2);
  }
}
