package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * An ARP packet for IPv4 over Ethernet, RFC 826.
 *
 * <pre>
 *  0       2       4   5   6       8              14      18             24      28
 * +-------+-------+---+---+-------+--------------+-------+--------------+-------+
 * |  hrd  |  pro  |hln|pln|  op   |     sha      |  spa  |     tha      |  tpa  |
 * +-------+-------+---+---+-------+--------------+-------+--------------+-------+
 * </pre>
 */
public final class ArpHeader {
  /** The packet's length in bytes. */
  public static final int LENGTH = 28;

  public static final int REQUEST = 1;
  public static final int REPLY = 2;

  private static final int HARDWARE = 0;
  private static final int PROTOCOL = 2;
  private static final int LENGTHS = 4;
  private static final int OPERATION = 6;
  private static final int SENDER_MAC = 8;
  private static final int SENDER_IP = 14;
  private static final int TARGET_MAC = 18;
  private static final int TARGET_IP = 24;

  private ArpHeader() {}

  /** Whether the packet is whole and speaks of IPv4 over Ethernet. */
  public static boolean check(ByteBuffer packet, int offset, int length) {
    return length >= LENGTH
        && packet.getShort(offset + HARDWARE) == 1
        && packet.getShort(offset + PROTOCOL) == EthernetHeader.TYPE_IPV4
        && packet.getShort(offset + LENGTHS) == 0x0604;
  }

  public static int operation(ByteBuffer packet, int offset) {
    return packet.getShort(offset + OPERATION) & 0xffff;
  }

  public static long senderMac(ByteBuffer packet, int offset) {
    return Mac.read(packet, offset + SENDER_MAC);
  }

  public static int senderIp(ByteBuffer packet, int offset) {
    return packet.getInt(offset + SENDER_IP);
  }

  public static long targetMac(ByteBuffer packet, int offset) {
    return Mac.read(packet, offset + TARGET_MAC);
  }

  public static int targetIp(ByteBuffer packet, int offset) {
    return packet.getInt(offset + TARGET_IP);
  }

  /** Writes a whole packet. */
  public static void write(
      ByteBuffer packet,
      int offset,
      int operation,
      long senderMac,
      int senderIp,
      long targetMac,
      int targetIp) {
    packet.putShort(offset + HARDWARE, (short) 1);
    packet.putShort(offset + PROTOCOL, (short) EthernetHeader.TYPE_IPV4);
    packet.putShort(offset + LENGTHS, (short) 0x0604);
    packet.putShort(offset + OPERATION, (short) operation);
    Mac.write(packet, offset + SENDER_MAC, senderMac);
    packet.putInt(offset + SENDER_IP, senderIp);
    Mac.write(packet, offset + TARGET_MAC, targetMac);
    packet.putInt(offset + TARGET_IP, targetIp);
  }
}
