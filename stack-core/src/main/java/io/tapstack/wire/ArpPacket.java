package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * An ARP packet as a value; see {@link ArpHeader}.
 *
 * @param operation {@link ArpHeader#REQUEST} or {@link ArpHeader#REPLY}
 * @param senderMac a {@link Mac}
 * @param senderIp an IPv4 address
 * @param targetMac a {@link Mac}; 0 in a request
 * @param targetIp an IPv4 address
 */
public record ArpPacket(
    int operation, long senderMac, IpAddress senderIp, long targetMac, IpAddress targetIp)
    implements FramePayload {

  /** Who has this address? */
  public static ArpPacket request(long senderMac, IpAddress senderIp, IpAddress targetIp) {
    return new ArpPacket(ArpHeader.REQUEST, senderMac, senderIp, 0, targetIp);
  }

  /** The answer to a request: its target is at {@code mac}. */
  public ArpPacket reply(long mac) {
    return new ArpPacket(ArpHeader.REPLY, mac, targetIp, senderMac, senderIp);
  }

  /** Reads a packet that was checked. */
  static ArpPacket parse(ByteBuffer packet, int offset) {
    return new ArpPacket(
        ArpHeader.operation(packet, offset),
        ArpHeader.senderMac(packet, offset),
        IpAddress.ofV4(ArpHeader.senderIp(packet, offset)),
        ArpHeader.targetMac(packet, offset),
        IpAddress.ofV4(ArpHeader.targetIp(packet, offset)));
  }

  @Override
  public int etherType() {
    return EthernetHeader.TYPE_ARP;
  }

  @Override
  public int length() {
    return ArpHeader.LENGTH;
  }

  @Override
  public void write(ByteBuffer target, int offset) {
    ArpHeader.write(target, offset, operation, senderMac, senderIp.v4(), targetMac, targetIp.v4());
  }

  @Override
  public String toString() {
    return switch (operation) {
      case ArpHeader.REQUEST -> "arp who-has " + targetIp + " tell " + senderIp;
      case ArpHeader.REPLY -> "arp " + senderIp + " is-at " + Mac.toString(senderMac);
      default -> "arp operation " + operation + " from " + senderIp;
    };
  }
}
