package io.tapstack.cli;

import io.tapstack.wire.IpAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An address of an interface together with the length of its network's prefix, such as
 * 10.77.0.2/24.
 *
 * @param address the interface's own address
 * @param length the prefix length in bits
 */
record Prefix(IpAddress address, int length) {
  static Prefix parse(String text) {
    int slash = text.indexOf('/');
    IpAddress address = slash < 0 ? null : IpAddress.parseOrNull(text.substring(0, slash));
    if (address == null || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" is not an address with a prefix length; expected one like"
              + " 10.77.0.2/24 or fd77::2/64");
    }
    int length = Integer.parseInt(text.substring(slash + 1));
    if (length > address.bits()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" has a prefix longer than the address; expected 0 to " + address.bits());
    }
    if (address.isAny() || address.isMulticast() || address.isLoopback()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" cannot be an interface's address; expected one like 10.77.0.2/24");
    }
    return new Prefix(address, length);
  }

  /** Whether an address is in this prefix's network. */
  boolean reaches(IpAddress other) {
    if (address.isV4() != other.isV4()) {
      return false;
    }
    int bits = length + 128 - address.bits();
    long highMask = bits >= 64 ? -1L : bits == 0 ? 0 : -1L << 64 - bits;
    long lowMask = bits <= 64 ? 0 : bits == 128 ? -1L : -1L << 128 - bits;
    return ((address.high() ^ other.high()) & highMask) == 0
        && ((address.low() ^ other.low()) & lowMask) == 0;
  }

  @Override
  public String toString() {
    return address + "/" + length;
  }

  /** Reads an option's value. */
  static final class Converter implements ITypeConverter<Prefix> {
    @Override
    public Prefix convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
