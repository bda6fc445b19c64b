package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The Ethernet II header, RFC 894.
 *
 * <pre>
 *  0               6              12      14
 * +---------------+---------------+-------+----
 * |  destination  |    source     | type  | payload
 * +---------------+---------------+-------+----
 * </pre>
 */
public final class EthernetHeader {
  /** The header's length in bytes. */
  public static final int LENGTH = 14;

  public static final int TYPE_IPV4 = 0x0800;
  public static final int TYPE_ARP = 0x0806;
  public static final int TYPE_VLAN = 0x8100;
  public static final int TYPE_IPV6 = 0x86dd;

  /** Types below this are IEEE 802.3 lengths (IEEE 802.3, clause 3.2.6). */
  public static final int TYPE_MIN = 0x0600;

  private static final int DESTINATION = 0;
  private static final int SOURCE = 6;
  private static final int TYPE = 12;

  private EthernetHeader() {}

  /** Whether a frame of {@code length} bytes holds the header. */
  public static boolean check(int length) {
    return length >= LENGTH;
  }

  public static long destination(ByteBuffer frame, int offset) {
    return Mac.read(frame, offset + DESTINATION);
  }

  public static long source(ByteBuffer frame, int offset) {
    return Mac.read(frame, offset + SOURCE);
  }

  public static int type(ByteBuffer frame, int offset) {
    return frame.getShort(offset + TYPE) & 0xffff;
  }

  /** Writes a whole header. */
  public static void write(ByteBuffer frame, int offset, long destination, long source, int type) {
    Mac.write(frame, offset + DESTINATION, destination);
    Mac.write(frame, offset + SOURCE, source);
    frame.putShort(offset + TYPE, (short) type);
  }
}
