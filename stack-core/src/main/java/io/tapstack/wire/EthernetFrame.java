package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * A whole frame as a value: parses from bytes, prints in one line, builds to bytes with right
 * lengths and checksums. For tests, logs and cold paths.
 *
 * @param destination a {@link Mac}
 * @param source a {@link Mac}
 * @param payload what the frame carries
 */
public record EthernetFrame(long destination, long source, FramePayload payload) {

  /**
   * Parses a frame.
   *
   * @throws IllegalArgumentException if it is too short for an Ethernet header; whatever is wrong
   *     further in becomes {@link Unparsed}
   */
  public static EthernetFrame parse(ByteBuffer frame, int offset, int length) {
    if (!EthernetHeader.check(length)) {
      throw new IllegalArgumentException(
          "a frame of " + length + " bytes; an Ethernet header alone takes 14");
    }
    return new EthernetFrame(
        EthernetHeader.destination(frame, offset),
        EthernetHeader.source(frame, offset),
        parsePayload(
            EthernetHeader.type(frame, offset),
            frame,
            offset + EthernetHeader.LENGTH,
            length - EthernetHeader.LENGTH));
  }

  /** Parses a frame. */
  public static EthernetFrame parse(Bytes frame) {
    return parse(ByteBuffer.wrap(frame.toArray()), 0, frame.length());
  }

  private static FramePayload parsePayload(int type, ByteBuffer frame, int offset, int length) {
    if (type == EthernetHeader.TYPE_ARP && ArpHeader.check(frame, offset, length)) {
      return ArpPacket.parse(frame, offset);
    }
    if (type == EthernetHeader.TYPE_IPV4 || type == EthernetHeader.TYPE_IPV6) {
      FramePayload packet = IpPacket.parse(frame, offset, length);
      if (packet.etherType() == type) {
        return packet;
      }
    }
    return new Unparsed(type, Bytes.copyOf(frame, offset, length), "not understood");
  }

  /** The frame's length in bytes, without padding and FCS. */
  public int length() {
    return EthernetHeader.LENGTH + payload.length();
  }

  /** Writes the frame. */
  public void write(ByteBuffer target, int offset) {
    EthernetHeader.write(target, offset, destination, source, payload.etherType());
    payload.write(target, offset + EthernetHeader.LENGTH);
  }

  /** The frame's bytes. */
  public Bytes toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(length());
    write(buffer, 0);
    return Bytes.of(buffer.array());
  }

  /** What the frame carries, as a log shows it; the MAC addresses only where nothing else helps. */
  @Override
  public String toString() {
    return payload instanceof Unparsed
        ? Mac.toString(source) + " > " + Mac.toString(destination) + " " + payload
        : payload.toString();
  }
}
