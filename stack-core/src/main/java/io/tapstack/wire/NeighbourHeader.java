package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * Neighbour Solicitation and Advertisement, RFC 4861 sections 4.3 and 4.4, and their one option
 * that matters, the link-layer address (section 4.6.1). The first eight bytes are an {@link
 * IcmpHeader}, whose last word holds the flags of an advertisement.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |     Type      |     Code      |           Checksum            |
 * +-+-+-+---------+---------------+-------------------------------+
 * |R|S|O|                     Reserved                            |
 * +-+-+-+---------------------------------------------------------+
 * |                    Target Address, 16 bytes                   |
 * +---------------+---------------+-------------------------------+
 * | Option Type   | Length (of 8) |   Link-layer address, 6 bytes ...
 * </pre>
 */
public final class NeighbourHeader {
  /** The length without options, in bytes. */
  public static final int MIN_LENGTH = 24;

  /** The length with one link-layer address option. */
  public static final int LENGTH_WITH_MAC = 32;

  /** The advertisement's flags in the last word of the ICMP header. */
  public static final int SOLICITED = 1 << 30;

  public static final int OVERRIDE = 1 << 29;

  /** Option types. */
  public static final int SOURCE_MAC = 1;

  public static final int TARGET_MAC = 2;

  private static final int TARGET = 8;
  private static final int OPTIONS = 24;

  private NeighbourHeader() {}

  /**
   * Whether a message is long enough and each of its options has a length that is not zero and lies
   * inside (RFC 4861 sections 7.1.1 and 7.1.2).
   */
  public static boolean check(ByteBuffer message, int offset, int length) {
    if (length < MIN_LENGTH) {
      return false;
    }
    int end = offset + length;
    int position = offset + OPTIONS;
    while (position < end) {
      int optionLength = position + 1 < end ? (message.get(position + 1) & 0xff) * 8 : 0;
      if (optionLength == 0 || optionLength > end - position) {
        return false;
      }
      position += optionLength;
    }
    return true;
  }

  public static long targetHigh(ByteBuffer message, int offset) {
    return message.getLong(offset + TARGET);
  }

  public static long targetLow(ByteBuffer message, int offset) {
    return message.getLong(offset + TARGET + 8);
  }

  /**
   * The MAC address in the first option of the given type, or 0 if there is none.
   *
   * @param length the length of a message that was checked
   */
  public static long mac(ByteBuffer message, int offset, int length, int optionType) {
    int position = offset + OPTIONS;
    while (position < offset + length) {
      if ((message.get(position) & 0xff) == optionType) {
        return Mac.read(message, position + 2);
      }
      position += (message.get(position + 1) & 0xff) * 8;
    }
    return 0;
  }

  /** Writes a message of {@link #LENGTH_WITH_MAC} with a checksum of zero. */
  public static void write(
      ByteBuffer message,
      int offset,
      int type,
      int flags,
      long targetHigh,
      long targetLow,
      int optionType,
      long mac) {
    IcmpHeader.write(message, offset, type, 0, flags);
    message.putLong(offset + TARGET, targetHigh);
    message.putLong(offset + TARGET + 8, targetLow);
    message.put(offset + OPTIONS, (byte) optionType);
    message.put(offset + OPTIONS + 1, (byte) 1);
    Mac.write(message, offset + OPTIONS + 2, mac);
  }
}
