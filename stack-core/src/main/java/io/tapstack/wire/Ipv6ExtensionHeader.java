package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The extension headers of IPv6, RFC 8200 section 4: what they have in common, the options of
 * Hop-by-Hop and Destination Options (4.2), and the fields of Routing (4.4). The Fragment header is
 * {@link Ipv6FragmentHeader}.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+---------------+---------------+
 * |  Next Header  |  Hdr Ext Len  |   options, or Routing Type    |
 * +---------------+---------------+   and Segments Left ...       |
 * +---------------+---------------+-------------------------------+
 * </pre>
 */
public final class Ipv6ExtensionHeader {
  /** The shortest header, and the unit of lengths. */
  public static final int MIN_LENGTH = 8;

  /** What {@link #checkOptions} says if every option is known or may be skipped. */
  public static final int OPTIONS_GOOD = 0;

  /** Lengths that do not fit, or more padding or options than RFC 8504 section 5.3 asks for. */
  public static final int OPTIONS_MALFORMED = -1;

  /** An unknown option that says: discard silently. */
  public static final int OPTIONS_DISCARD = -2;

  /** Where a Routing header's type stands. */
  public static final int ROUTING_TYPE = 2;

  private static final int SEGMENTS_LEFT = 3;
  private static final int PAD1 = 0;
  private static final int PADN = 1;
  private static final int MAX_OPTIONS = 8;
  private static final int MAX_PADDING = 7;

  private Ipv6ExtensionHeader() {}

  /** Whether a run of bytes holds the whole header. */
  public static boolean check(ByteBuffer packet, int offset, int length) {
    return length >= MIN_LENGTH && length(packet, offset) <= length;
  }

  public static int nextHeader(ByteBuffer packet, int offset) {
    return packet.get(offset) & 0xff;
  }

  /** The length in bytes of any header but Fragment. */
  public static int length(ByteBuffer packet, int offset) {
    return ((packet.get(offset + 1) & 0xff) + 1) * 8;
  }

  /** How many addresses a Routing header has still to visit. */
  public static int segmentsLeft(ByteBuffer packet, int offset) {
    return packet.get(offset + SEGMENTS_LEFT) & 0xff;
  }

  /**
   * Walks the options of a checked Hop-by-Hop or Destination Options header.
   *
   * @return {@link #OPTIONS_GOOD}, {@link #OPTIONS_MALFORMED}, {@link #OPTIONS_DISCARD}, or the
   *     offset in the packet of an unknown option that asks for a Parameter Problem; its two
   *     highest bits say whether also to a group's sender (RFC 8200 section 4.2)
   */
  public static int checkOptions(ByteBuffer packet, int offset) {
    int end = offset + length(packet, offset);
    int position = offset + 2;
    int options = 0;
    int padding = 0;
    while (position < end) {
      int type = packet.get(position) & 0xff;
      if (type == PAD1) {
        position++;
        padding++;
      } else {
        int length = position + 1 < end ? 2 + (packet.get(position + 1) & 0xff) : Integer.MAX_VALUE;
        if (length > end - position) {
          return OPTIONS_MALFORMED;
        }
        if (type == PADN) {
          padding += length;
        } else {
          padding = 0;
          options++;
          int action = type >>> 6;
          if (action == 1) {
            return OPTIONS_DISCARD;
          } else if (action > 1) {
            return position;
          }
        }
        position += length;
      }
      if (padding > MAX_PADDING || options > MAX_OPTIONS) {
        return OPTIONS_MALFORMED;
      }
    }
    return OPTIONS_GOOD;
  }
}
