package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The UDP header, RFC 768.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Source Port          |       Destination Port        |
 * +-------------------------------+-------------------------------+
 * |            Length             |           Checksum            |
 * +-------------------------------+-------------------------------+
 * </pre>
 */
public final class UdpHeader {
  /** The header's length in bytes. */
  public static final int LENGTH = 8;

  /** Where the checksum stands. */
  public static final int CHECKSUM = 6;

  private static final int SOURCE_PORT = 0;
  private static final int DESTINATION_PORT = 2;
  private static final int DATAGRAM_LENGTH = 4;

  private UdpHeader() {}

  /** Whether a run of bytes holds the header and the whole datagram that it announces. */
  public static boolean check(ByteBuffer packet, int offset, int length) {
    if (length < LENGTH) {
      return false;
    }
    int announced = length(packet, offset);
    return announced >= LENGTH && announced <= length;
  }

  public static int sourcePort(ByteBuffer packet, int offset) {
    return packet.getShort(offset + SOURCE_PORT) & 0xffff;
  }

  public static int destinationPort(ByteBuffer packet, int offset) {
    return packet.getShort(offset + DESTINATION_PORT) & 0xffff;
  }

  /** Header and payload, in bytes. */
  public static int length(ByteBuffer packet, int offset) {
    return packet.getShort(offset + DATAGRAM_LENGTH) & 0xffff;
  }

  public static int checksum(ByteBuffer packet, int offset) {
    return packet.getShort(offset + CHECKSUM) & 0xffff;
  }

  /** Writes a header with a checksum of zero, to be set by {@link #setChecksum}. */
  public static void write(
      ByteBuffer packet, int offset, int sourcePort, int destinationPort, int length) {
    packet.putShort(offset + SOURCE_PORT, (short) sourcePort);
    packet.putShort(offset + DESTINATION_PORT, (short) destinationPort);
    packet.putShort(offset + DATAGRAM_LENGTH, (short) length);
    packet.putShort(offset + CHECKSUM, (short) 0);
  }

  /** Sets the checksum. RFC 768: zero means "none", so a computed zero is sent as all ones. */
  public static void setChecksum(ByteBuffer packet, int offset, int checksum) {
    packet.putShort(offset + CHECKSUM, (short) (checksum == 0 ? 0xffff : checksum));
  }
}
