package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The IPv4 header, RFC 791 section 3.1.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+-------------------------------+
 * |Version|  IHL  |Type of Service|          Total Length         |
 * +-------+-------+---------------+-----+-------------------------+
 * |         Identification        |Flags|      Fragment Offset    |
 * +---------------+---------------+-----+-------------------------+
 * |  Time to Live |    Protocol   |         Header Checksum       |
 * +---------------+---------------+-------------------------------+
 * |                       Source Address                          |
 * +---------------------------------------------------------------+
 * |                    Destination Address                        |
 * +---------------------------------------------------------------+
 * |                    Options, 0 to 40 bytes                     |
 * </pre>
 */
public final class Ipv4Header {
  /** The length without options, in bytes. */
  public static final int MIN_LENGTH = 20;

  /** The "don't fragment" bit of the flags and fragment word. */
  public static final int DONT_FRAGMENT = 0x4000;

  /** The "more fragments" bit of the flags and fragment word. */
  public static final int MORE_FRAGMENTS = 0x2000;

  private static final int VERSION_IHL = 0;
  private static final int TOS = 1;
  private static final int TOTAL_LENGTH = 2;
  private static final int IDENTIFICATION = 4;
  private static final int FRAGMENT = 6;
  private static final int TTL = 8;
  private static final int PROTOCOL = 9;
  private static final int CHECKSUM = 10;
  private static final int SOURCE = 12;
  private static final int DESTINATION = 16;

  private Ipv4Header() {}

  /**
   * Whether a run of bytes starts with a whole header whose lengths are consistent: version 4, at
   * least five words, options inside the datagram, the datagram inside the run. Does not verify the
   * checksum.
   */
  public static boolean check(ByteBuffer packet, int offset, int length) {
    if (length < MIN_LENGTH || packet.get(offset) >> 4 != 4) {
      return false;
    }
    int header = headerLength(packet, offset);
    int total = totalLength(packet, offset);
    return header >= MIN_LENGTH && header <= total && total <= length;
  }

  /** Whether the header's checksum is right; RFC 1122 section 3.2.1.2 drops it if not. */
  public static boolean checksumIsRight(ByteBuffer packet, int offset) {
    long sum = InternetChecksum.add(0, packet, offset, headerLength(packet, offset));
    return InternetChecksum.fold(sum) == 0xffff;
  }

  public static int headerLength(ByteBuffer packet, int offset) {
    return (packet.get(offset + VERSION_IHL) & 15) * 4;
  }

  public static int tos(ByteBuffer packet, int offset) {
    return packet.get(offset + TOS) & 0xff;
  }

  public static int totalLength(ByteBuffer packet, int offset) {
    return packet.getShort(offset + TOTAL_LENGTH) & 0xffff;
  }

  public static int identification(ByteBuffer packet, int offset) {
    return packet.getShort(offset + IDENTIFICATION) & 0xffff;
  }

  /** Flags and fragment offset as they stand, 16 bits. */
  public static int fragmentWord(ByteBuffer packet, int offset) {
    return packet.getShort(offset + FRAGMENT) & 0xffff;
  }

  /** Whether the datagram is a part of a larger one: more follow, or it does not start at 0. */
  public static boolean isFragment(ByteBuffer packet, int offset) {
    return (fragmentWord(packet, offset) & ~DONT_FRAGMENT & 0x7fff) != 0;
  }

  /** Whether this is a fragment, and not the last one. */
  public static boolean hasMoreFragments(ByteBuffer packet, int offset) {
    return (fragmentWord(packet, offset) & MORE_FRAGMENTS) != 0;
  }

  /** Where the fragment belongs, in bytes. */
  public static int fragmentOffset(ByteBuffer packet, int offset) {
    return (fragmentWord(packet, offset) & 0x1fff) * 8;
  }

  public static int ttl(ByteBuffer packet, int offset) {
    return packet.get(offset + TTL) & 0xff;
  }

  public static int protocol(ByteBuffer packet, int offset) {
    return packet.get(offset + PROTOCOL) & 0xff;
  }

  public static int source(ByteBuffer packet, int offset) {
    return packet.getInt(offset + SOURCE);
  }

  public static int destination(ByteBuffer packet, int offset) {
    return packet.getInt(offset + DESTINATION);
  }

  /**
   * Writes a header without options, checksum included.
   *
   * @param totalLength header and payload, in bytes
   * @param fragmentWord flags and fragment offset as they stand on the wire
   */
  public static void write(
      ByteBuffer packet,
      int offset,
      int tos,
      int totalLength,
      int identification,
      int fragmentWord,
      int ttl,
      int protocol,
      int source,
      int destination) {
    packet.put(offset + VERSION_IHL, (byte) 0x45);
    packet.put(offset + TOS, (byte) tos);
    packet.putShort(offset + TOTAL_LENGTH, (short) totalLength);
    packet.putShort(offset + IDENTIFICATION, (short) identification);
    packet.putShort(offset + FRAGMENT, (short) fragmentWord);
    packet.put(offset + TTL, (byte) ttl);
    packet.put(offset + PROTOCOL, (byte) protocol);
    packet.putShort(offset + CHECKSUM, (short) 0);
    packet.putInt(offset + SOURCE, source);
    packet.putInt(offset + DESTINATION, destination);
    int checksum = InternetChecksum.finish(InternetChecksum.add(0, packet, offset, MIN_LENGTH));
    packet.putShort(offset + CHECKSUM, (short) checksum);
  }

  /**
   * Sets the ECN field (RFC 3168 section 5) of a written header, and its checksum as RFC 1624 does.
   *
   * @param ecn two bits
   */
  public static void setEcn(ByteBuffer packet, int offset, int ecn) {
    int before = packet.getShort(offset + VERSION_IHL) & 0xffff;
    packet.put(offset + TOS, (byte) (tos(packet, offset) & 0xfc | ecn));
    int after = packet.getShort(offset + VERSION_IHL) & 0xffff;
    // RFC 1624 section 3, equation 3: HC' = ~(~HC + ~m + m')
    int sum = (~packet.getShort(offset + CHECKSUM) & 0xffff) + (~before & 0xffff) + after;
    packet.putShort(offset + CHECKSUM, (short) InternetChecksum.finish(sum));
  }

  /**
   * Makes a header without options that of a fragment, checksum included.
   *
   * @param totalLength header and payload of the fragment, in bytes
   * @param fragmentOffset in bytes, a multiple of 8
   */
  public static void makeFragment(
      ByteBuffer packet,
      int offset,
      int totalLength,
      int identification,
      int fragmentOffset,
      boolean more) {
    packet.putShort(offset + TOTAL_LENGTH, (short) totalLength);
    packet.putShort(offset + IDENTIFICATION, (short) identification);
    int word = fragmentOffset / 8 | (more ? MORE_FRAGMENTS : 0);
    packet.putShort(offset + FRAGMENT, (short) word);
    extend(packet, offset, MIN_LENGTH);
  }

  /** Makes the header that of a whole datagram: no fragment, a new length, the checksum anew. */
  public static void makeWhole(ByteBuffer packet, int offset, int tos, int totalLength) {
    packet.put(offset + TOS, (byte) tos);
    packet.putShort(offset + TOTAL_LENGTH, (short) totalLength);
    packet.putShort(offset + FRAGMENT, (short) 0);
    extend(packet, offset, headerLength(packet, offset));
  }

  /**
   * Lengthens a written header over the options that stand behind it, and sets its checksum anew.
   * The total length is left alone.
   *
   * @param headerLength header and options, a multiple of 4 from 20 to 60
   */
  public static void extend(ByteBuffer packet, int offset, int headerLength) {
    packet.put(offset + VERSION_IHL, (byte) (0x40 | headerLength / 4));
    packet.putShort(offset + CHECKSUM, (short) 0);
    int checksum = InternetChecksum.finish(InternetChecksum.add(0, packet, offset, headerLength));
    packet.putShort(offset + CHECKSUM, (short) checksum);
  }
}
