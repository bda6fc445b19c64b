package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The IPv6 header, RFC 8200 section 3.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+---------------+---------------------------------------+
 * |Version| Traffic Class |              Flow Label               |
 * +-------+---------------+-------+---------------+---------------+
 * |         Payload Length        |  Next Header  |   Hop Limit   |
 * +-------------------------------+---------------+---------------+
 * |                    Source Address, 16 bytes                   |
 * +---------------------------------------------------------------+
 * |                 Destination Address, 16 bytes                 |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv6Header {
  /** The header's length in bytes. */
  public static final int LENGTH = 40;

  /** Every link carries at least this much, RFC 8200 section 5. */
  public static final int MIN_MTU = 1280;

  private static final int PAYLOAD_LENGTH = 4;
  private static final int NEXT_HEADER = 6;
  private static final int HOP_LIMIT = 7;
  private static final int SOURCE = 8;
  private static final int DESTINATION = 24;

  private Ipv6Header() {}

  /** Whether a run of bytes holds the header and all the payload that it announces. */
  public static boolean check(ByteBuffer packet, int offset, int length) {
    return length >= LENGTH
        && (packet.get(offset) >> 4 & 15) == 6
        && LENGTH + payloadLength(packet, offset) <= length;
  }

  public static int trafficClass(ByteBuffer packet, int offset) {
    return packet.getInt(offset) >>> 20 & 0xff;
  }

  public static int flowLabel(ByteBuffer packet, int offset) {
    return packet.getInt(offset) & 0xf_ffff;
  }

  public static int payloadLength(ByteBuffer packet, int offset) {
    return packet.getShort(offset + PAYLOAD_LENGTH) & 0xffff;
  }

  /** Where the Next Header field stands, for a Parameter Problem that points at it. */
  public static int nextHeaderOffset() {
    return NEXT_HEADER;
  }

  public static int nextHeader(ByteBuffer packet, int offset) {
    return packet.get(offset + NEXT_HEADER) & 0xff;
  }

  public static int hopLimit(ByteBuffer packet, int offset) {
    return packet.get(offset + HOP_LIMIT) & 0xff;
  }

  public static long sourceHigh(ByteBuffer packet, int offset) {
    return packet.getLong(offset + SOURCE);
  }

  public static long sourceLow(ByteBuffer packet, int offset) {
    return packet.getLong(offset + SOURCE + 8);
  }

  public static long destinationHigh(ByteBuffer packet, int offset) {
    return packet.getLong(offset + DESTINATION);
  }

  public static long destinationLow(ByteBuffer packet, int offset) {
    return packet.getLong(offset + DESTINATION + 8);
  }

  /** Where the Payload Length field stands, for a Parameter Problem that points at it. */
  public static int payloadLengthOffset() {
    return PAYLOAD_LENGTH;
  }

  /** Sets the ECN field of the traffic class, two bits, RFC 3168 section 5. */
  public static void setEcn(ByteBuffer packet, int offset, int ecn) {
    packet.putInt(offset, packet.getInt(offset) & ~(3 << 20) | ecn << 20);
  }

  /** Sets what follows a written header, and how long that is. */
  public static void setNext(ByteBuffer packet, int offset, int nextHeader, int payloadLength) {
    packet.putShort(offset + PAYLOAD_LENGTH, (short) payloadLength);
    packet.put(offset + NEXT_HEADER, (byte) nextHeader);
  }

  /** Sets what a datagram that was put together has of its own. */
  public static void makeWhole(ByteBuffer packet, int offset, int trafficClass, int payloadLength) {
    int flow = flowLabel(packet, offset);
    packet.putInt(offset, 6 << 28 | (trafficClass & 0xff) << 20 | flow);
    packet.putShort(offset + PAYLOAD_LENGTH, (short) payloadLength);
  }

  /** Writes a whole header. */
  public static void write(
      ByteBuffer packet,
      int offset,
      int trafficClass,
      int flowLabel,
      int payloadLength,
      int nextHeader,
      int hopLimit,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    packet.putInt(offset, 6 << 28 | (trafficClass & 0xff) << 20 | flowLabel & 0xf_ffff);
    packet.putShort(offset + PAYLOAD_LENGTH, (short) payloadLength);
    packet.put(offset + NEXT_HEADER, (byte) nextHeader);
    packet.put(offset + HOP_LIMIT, (byte) hopLimit);
    packet.putLong(offset + SOURCE, sourceHigh);
    packet.putLong(offset + SOURCE + 8, sourceLow);
    packet.putLong(offset + DESTINATION, destinationHigh);
    packet.putLong(offset + DESTINATION + 8, destinationLow);
  }
}
