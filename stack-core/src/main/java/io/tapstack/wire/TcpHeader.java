package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The TCP header, RFC 9293 section 3.1. Its options are read by {@link TcpOptions}.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |          Source Port          |       Destination Port        |
 * +-------------------------------+-------------------------------+
 * |                        Sequence Number                        |
 * +---------------------------------------------------------------+
 * |                    Acknowledgment Number                      |
 * +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 * | Data  |Reser- |C|E|U|A|P|R|S|F|                               |
 * |Offset |ved    |W|C|R|C|S|S|Y|I|            Window             |
 * |       |       |R|E|G|K|H|T|N|N|                               |
 * +-------+-------+-+-+-+-+-+-+-+-+-------------------------------+
 * |           Checksum            |         Urgent Pointer        |
 * +-------------------------------+-------------------------------+
 * |                    Options, 0 to 40 bytes                     |
 * </pre>
 */
public final class TcpHeader {
  /** The length without options, in bytes. */
  public static final int MIN_LENGTH = 20;

  /** The longest header, options included. */
  public static final int MAX_LENGTH = 60;

  /** Where the checksum stands. */
  public static final int CHECKSUM = 16;

  public static final int FIN = 0x01;
  public static final int SYN = 0x02;
  public static final int RST = 0x04;
  public static final int PSH = 0x08;
  public static final int ACK = 0x10;
  public static final int URG = 0x20;
  public static final int ECE = 0x40;
  public static final int CWR = 0x80;

  /** The bit before CWR, which belongs to accurate ECN (RFC 9768); in no set of flags. */
  private static final int AE = 0x01;

  private static final int SOURCE_PORT = 0;
  private static final int DESTINATION_PORT = 2;
  private static final int SEQUENCE = 4;
  private static final int ACKNOWLEDGMENT = 8;
  private static final int OFFSET_FLAGS = 12;
  private static final int WINDOW = 14;
  private static final int URGENT_POINTER = 18;

  private TcpHeader() {}

  /** Whether a run of bytes holds a whole header, options included. */
  public static boolean check(ByteBuffer segment, int offset, int length) {
    if (length < MIN_LENGTH) {
      return false;
    }
    int header = headerLength(segment, offset);
    return header >= MIN_LENGTH && header <= length;
  }

  public static int sourcePort(ByteBuffer segment, int offset) {
    return segment.getShort(offset + SOURCE_PORT) & 0xffff;
  }

  public static int destinationPort(ByteBuffer segment, int offset) {
    return segment.getShort(offset + DESTINATION_PORT) & 0xffff;
  }

  public static int sequence(ByteBuffer segment, int offset) {
    return segment.getInt(offset + SEQUENCE);
  }

  public static int acknowledgment(ByteBuffer segment, int offset) {
    return segment.getInt(offset + ACKNOWLEDGMENT);
  }

  /** Header and options, in bytes. */
  public static int headerLength(ByteBuffer segment, int offset) {
    return (segment.get(offset + OFFSET_FLAGS) >>> 4 & 15) * 4;
  }

  /** Whether the segment speaks accurate ECN (RFC 9768); on a SYN, that it asks for it. */
  public static boolean isAccurateEcn(ByteBuffer segment, int offset) {
    return (segment.get(offset + OFFSET_FLAGS) & AE) != 0;
  }

  /** The eight control bits, CWR to FIN. */
  public static int flags(ByteBuffer segment, int offset) {
    return segment.get(offset + OFFSET_FLAGS + 1) & 0xff;
  }

  /** The window as it stands, unsigned (MUST-1) and not scaled. */
  public static int window(ByteBuffer segment, int offset) {
    return segment.getShort(offset + WINDOW) & 0xffff;
  }

  public static int checksum(ByteBuffer segment, int offset) {
    return segment.getShort(offset + CHECKSUM) & 0xffff;
  }

  public static int urgentPointer(ByteBuffer segment, int offset) {
    return segment.getShort(offset + URGENT_POINTER) & 0xffff;
  }

  /**
   * Writes a header with a checksum of zero.
   *
   * @param headerLength header and options, a multiple of 4 from 20 to 60
   */
  public static void write(
      ByteBuffer segment,
      int offset,
      int sourcePort,
      int destinationPort,
      int sequence,
      int acknowledgment,
      int headerLength,
      int flags,
      int window,
      int urgentPointer) {
    segment.putShort(offset + SOURCE_PORT, (short) sourcePort);
    segment.putShort(offset + DESTINATION_PORT, (short) destinationPort);
    segment.putInt(offset + SEQUENCE, sequence);
    segment.putInt(offset + ACKNOWLEDGMENT, acknowledgment);
    segment.putShort(offset + OFFSET_FLAGS, (short) (headerLength / 4 << 12 | flags & 0xff));
    segment.putShort(offset + WINDOW, (short) window);
    segment.putShort(offset + CHECKSUM, (short) 0);
    segment.putShort(offset + URGENT_POINTER, (short) urgentPointer);
  }

  /** Sets the checksum. */
  public static void setChecksum(ByteBuffer segment, int offset, int checksum) {
    segment.putShort(offset + CHECKSUM, (short) checksum);
  }
}
