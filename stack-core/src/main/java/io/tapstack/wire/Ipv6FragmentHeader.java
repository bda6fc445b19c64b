package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The Fragment header of IPv6, RFC 8200 section 4.5.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------+-+-+-+
 * |  Next Header  |   Reserved    |     Fragment Offset     |Res|M|
 * +---------------+---------------+-------------------------+-+-+-+
 * |                        Identification                         |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv6FragmentHeader {
  /** The header's length in bytes. */
  public static final int LENGTH = 8;

  /** Where offset and flags stand, for a Parameter Problem that points at them. */
  public static final int OFFSET = 2;

  private static final int NEXT_HEADER = 0;
  private static final int RESERVED = 1;
  private static final int IDENTIFICATION = 4;
  private static final int MORE = 1;

  private Ipv6FragmentHeader() {}

  /** Whether a run of bytes holds the header. */
  public static boolean check(int length) {
    return length >= LENGTH;
  }

  public static int nextHeader(ByteBuffer packet, int offset) {
    return packet.get(offset + NEXT_HEADER) & 0xff;
  }

  /** Where the fragment belongs, in bytes. */
  public static int fragmentOffset(ByteBuffer packet, int offset) {
    return packet.getShort(offset + OFFSET) & 0xfff8;
  }

  /** Whether this is not the last fragment. */
  public static boolean hasMore(ByteBuffer packet, int offset) {
    return (packet.getShort(offset + OFFSET) & MORE) != 0;
  }

  public static int identification(ByteBuffer packet, int offset) {
    return packet.getInt(offset + IDENTIFICATION);
  }

  /** Whether it makes no fragment: offset 0 and no more to come (RFC 6946). */
  public static boolean isAtomic(ByteBuffer packet, int offset) {
    return fragmentOffset(packet, offset) == 0 && !hasMore(packet, offset);
  }

  /**
   * Writes a whole header.
   *
   * @param fragmentOffset in bytes, a multiple of 8
   */
  public static void write(
      ByteBuffer packet,
      int offset,
      int nextHeader,
      int fragmentOffset,
      boolean more,
      int identification) {
    packet.put(offset + NEXT_HEADER, (byte) nextHeader);
    packet.put(offset + RESERVED, (byte) 0);
    packet.putShort(offset + OFFSET, (short) (fragmentOffset | (more ? MORE : 0)));
    packet.putInt(offset + IDENTIFICATION, identification);
  }
}
