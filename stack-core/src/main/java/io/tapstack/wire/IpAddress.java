package io.tapstack.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address: immutable, 128 bits in two {@code long}s. An IPv4 address is held in its
 * IPv4-mapped form {@code ::ffff:a.b.c.d} (RFC 4291 section 2.5.5.2), so one comparison and one
 * hash serve both families.
 *
 * @param high the upper 64 bits
 * @param low the lower 64 bits
 */
public record IpAddress(long high, long low) implements Comparable<IpAddress> {
  /** The IPv4 "any" address, 0.0.0.0. */
  public static final IpAddress ANY_V4 = ofV4(0);

  /** The IPv6 "any" address, ::. */
  public static final IpAddress ANY_V6 = new IpAddress(0, 0);

  /** The limited broadcast address 255.255.255.255. */
  public static final IpAddress BROADCAST_V4 = ofV4(-1);

  /** ff02::1, RFC 4291 section 2.7.1. */
  public static final IpAddress ALL_NODES = new IpAddress(0xff02L << 48, 1);

  private static final long MAPPED = 0xffff_0000_0000L;
  private static final long MAPPED_MASK = 0xffff_ffff_0000_0000L;

  /** The IPv4 address with the given 32 bits. */
  public static IpAddress ofV4(int bits) {
    return new IpAddress(0, mapped(bits));
  }

  /** The lower 64 bits of the mapped form of an IPv4 address. */
  public static long mapped(int v4) {
    return MAPPED | v4 & 0xffff_ffffL;
  }

  /** Whether two halves are an IPv4 address in its mapped form. */
  public static boolean isV4(long high, long low) {
    return high == 0 && (low & MAPPED_MASK) == MAPPED;
  }

  /** Whether two halves are a multicast address of either family. */
  public static boolean isMulticast(long high, long low) {
    return isV4(high, low) ? (low & 0xf000_0000L) == 0xe000_0000L : high >>> 56 == 0xff;
  }

  /** Whether two halves are 0.0.0.0 or ::. */
  public static boolean isAny(long high, long low) {
    return high == 0 && (low == 0 || low == MAPPED);
  }

  /** Whether two halves are in fe80::/10 (RFC 4291 section 2.5.6). */
  public static boolean isLinkLocalV6(long high) {
    return high >>> 54 == 0xfe80 >>> 6;
  }

  /** Whether this is an IPv4 address. */
  public boolean isV4() {
    return isV4(high, low);
  }

  /** The 32 bits of an IPv4 address. */
  public int v4() {
    return (int) low;
  }

  /** Whether this is a multicast group. */
  public boolean isMulticast() {
    return isMulticast(high, low);
  }

  /** Whether this is 0.0.0.0 or ::. */
  public boolean isAny() {
    return isAny(high, low);
  }

  /** Whether this is in 127.0.0.0/8, or ::1. */
  public boolean isLoopback() {
    return isV4() ? (low >> 24 & 0xff) == 127 : high == 0 && low == 1;
  }

  /** Whether this is an IPv6 address in fe80::/10. */
  public boolean isLinkLocalV6() {
    return isLinkLocalV6(high);
  }

  /** The number of bits of an address of this family: 32 or 128. */
  public int bits() {
    return isV4() ? 32 : 128;
  }

  /** The solicited-node group ff02::1:ffxx:xxxx of this address, RFC 4291 section 2.7.1. */
  public IpAddress solicitedNode() {
    return new IpAddress(0xff02L << 48, 0x1_ff00_0000L | low & 0xff_ffffL);
  }

  /** The bytes in network order, 4 or 16 of them. */
  public byte[] toBytes() {
    if (isV4()) {
      return ByteBuffer.allocate(4).putInt(v4()).array();
    }
    return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
  }

  /**
   * The address in 4 or 16 bytes.
   *
   * @throws IllegalArgumentException for any other length
   */
  public static IpAddress ofBytes(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return switch (bytes.length) {
      case 4 -> ofV4(buffer.getInt());
      case 16 -> new IpAddress(buffer.getLong(), buffer.getLong());
      default ->
          throw new IllegalArgumentException(
              bytes.length + " bytes are no IP address; expected 4 (IPv4) or 16 (IPv6)");
    };
  }

  /**
   * Parses a literal: dotted quad, or any form of RFC 4291 section 2.2. Never asks a resolver.
   *
   * @throws IllegalArgumentException if it is not one; the message says what was expected
   */
  public static IpAddress parse(String text) {
    IpAddress address = parseOrNull(text);
    if (address == null) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not an IP address; expected one like 10.77.0.2 or fd77::2");
    }
    return address;
  }

  /** Parses a literal, or returns null where {@link #parse} would throw. */
  public static @Nullable IpAddress parseOrNull(String text) {
    return text.indexOf(':') >= 0 ? IpText.parseV6(text) : IpText.parseV4(text);
  }

  @Override
  public int compareTo(IpAddress other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  /** Dotted quad, or the canonical form of RFC 5952. */
  @Override
  public String toString() {
    return isV4() ? IpText.formatV4(v4()) : IpText.formatV6(high, low);
  }
}
