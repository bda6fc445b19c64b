package io.tapstack.wire;

import java.nio.ByteBuffer;

/** A 48-bit Ethernet address, carried in the low bits of a {@code long}. */
public final class Mac {
  /** The length on the wire, in bytes. */
  public static final int LENGTH = 6;

  /** ff:ff:ff:ff:ff:ff. */
  public static final long BROADCAST = 0xffff_ffff_ffffL;

  private Mac() {}

  /** Reads an address. */
  public static long read(ByteBuffer buffer, int offset) {
    return (buffer.getShort(offset) & 0xffffL) << 32 | buffer.getInt(offset + 2) & 0xffff_ffffL;
  }

  /** Writes an address. */
  public static void write(ByteBuffer buffer, int offset, long mac) {
    buffer.putShort(offset, (short) (mac >>> 32));
    buffer.putInt(offset + 2, (int) mac);
  }

  /** Whether the group bit is set: multicast or broadcast. */
  public static boolean isGroup(long mac) {
    return (mac & 0x0100_0000_0000L) != 0;
  }

  /** Whether the address can belong to one station: neither a group nor zero. */
  public static boolean isUnicast(long mac) {
    return !isGroup(mac) && mac != 0;
  }

  /** The group address of an IPv6 multicast address, RFC 2464 section 7. */
  public static long ofIpv6Multicast(long low) {
    return 0x3333_0000_0000L | low & 0xffff_ffffL;
  }

  /** The group address of an IPv4 multicast address, RFC 1112 section 6.4. */
  public static long ofIpv4Multicast(long low) {
    return 0x0100_5e00_0000L | low & 0x7f_ffffL;
  }

  /**
   * A unicast, locally administered address (IEEE 802, section 8.4) from random bits.
   *
   * @param random any bits; the lower 46 are used
   */
  public static long locallyAdministered(long random) {
    return random & 0xfcff_ffff_ffffL | 0x0200_0000_0000L;
  }

  /**
   * Parses the usual form, six pairs of hexadecimal digits joined by colons or hyphens.
   *
   * @throws IllegalArgumentException if the text is not an address; the message says what was
   *     expected
   */
  public static long parse(String text) {
    if (!text.matches("\\p{XDigit}{2}([:-]\\p{XDigit}{2}){5}")) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not a MAC address; expected one like 02:00:5e:10:00:01");
    }
    return Long.parseLong(text.replaceAll("[:-]", ""), 16);
  }

  /** The usual form, lower case with colons. */
  public static String toString(long mac) {
    StringBuilder text = new StringBuilder(17);
    for (int shift = 40; shift >= 0; shift -= 8) {
      if (shift < 40) {
        text.append(':');
      }
      int octet = (int) (mac >>> shift) & 0xff;
      text.append(Character.forDigit(octet >> 4, 16)).append(Character.forDigit(octet & 15, 16));
    }
    return text.toString();
  }
}
