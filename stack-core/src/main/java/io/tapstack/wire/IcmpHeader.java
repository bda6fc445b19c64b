package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The header that ICMPv4 (RFC 792) and ICMPv6 (RFC 4443 section 2.1) share. The meaning of the last
 * word depends on the type: identifier and sequence of an echo, MTU of a "too big", pointer of a
 * parameter problem.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |     Type      |     Code      |           Checksum            |
 * +---------------+---------------+-------------------------------+
 * |                     depends on the type                       |
 * +---------------------------------------------------------------+
 * </pre>
 */
public final class IcmpHeader {
  /** The header's length in bytes. */
  public static final int LENGTH = 8;

  /** ICMPv4 types. */
  public static final int V4_ECHO_REPLY = 0;

  public static final int V4_UNREACHABLE = 3;
  public static final int V4_SOURCE_QUENCH = 4;
  public static final int V4_REDIRECT = 5;
  public static final int V4_ECHO = 8;
  public static final int V4_TIME_EXCEEDED = 11;
  public static final int V4_PARAMETER_PROBLEM = 12;

  /** ICMPv4 "unreachable" codes. */
  public static final int V4_CODE_NET = 0;

  public static final int V4_CODE_HOST = 1;
  public static final int V4_CODE_PROTOCOL = 2;
  public static final int V4_CODE_PORT = 3;
  public static final int V4_CODE_FRAGMENTATION_NEEDED = 4;

  /** ICMPv6 types; those below 128 are errors (RFC 4443 section 2.1). */
  public static final int V6_UNREACHABLE = 1;

  public static final int V6_TOO_BIG = 2;
  public static final int V6_TIME_EXCEEDED = 3;
  public static final int V6_PARAMETER_PROBLEM = 4;
  public static final int V6_ECHO = 128;
  public static final int V6_ECHO_REPLY = 129;
  public static final int V6_ROUTER_SOLICITATION = 133;
  public static final int V6_ROUTER_ADVERTISEMENT = 134;
  public static final int V6_NEIGHBOUR_SOLICITATION = 135;
  public static final int V6_NEIGHBOUR_ADVERTISEMENT = 136;
  public static final int V6_REDIRECT = 137;

  /** ICMPv6 "unreachable" codes. */
  public static final int V6_CODE_ADDRESS = 3;

  public static final int V6_CODE_PORT = 4;

  /** ICMPv6 "parameter problem" codes. */
  public static final int V6_CODE_HEADER_FIELD = 0;

  public static final int V6_CODE_NEXT_HEADER = 1;
  public static final int V6_CODE_OPTION = 2;

  /** A first fragment without the whole header chain, RFC 7112 section 5. */
  public static final int V6_CODE_INCOMPLETE_CHAIN = 3;

  /** The "time exceeded" code of a datagram of which fragments are missing, of both versions. */
  public static final int CODE_REASSEMBLY = 1;

  /** Where the checksum stands. */
  public static final int CHECKSUM = 2;

  private static final int TYPE = 0;
  private static final int CODE = 1;
  private static final int REST = 4;

  private IcmpHeader() {}

  /** Whether a run of bytes holds the header. */
  public static boolean check(int length) {
    return length >= LENGTH;
  }

  public static int type(ByteBuffer message, int offset) {
    return message.get(offset + TYPE) & 0xff;
  }

  public static int code(ByteBuffer message, int offset) {
    return message.get(offset + CODE) & 0xff;
  }

  /** The last word, as it stands. */
  public static int rest(ByteBuffer message, int offset) {
    return message.getInt(offset + REST);
  }

  /** Writes a header with a checksum of zero. */
  public static void write(ByteBuffer message, int offset, int type, int code, int rest) {
    message.put(offset + TYPE, (byte) type);
    message.put(offset + CODE, (byte) code);
    message.putShort(offset + CHECKSUM, (short) 0);
    message.putInt(offset + REST, rest);
  }

  /** Sets the checksum. */
  public static void setChecksum(ByteBuffer message, int offset, int checksum) {
    message.putShort(offset + CHECKSUM, (short) checksum);
  }
}
