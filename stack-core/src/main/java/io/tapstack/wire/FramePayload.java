package io.tapstack.wire;

import java.nio.ByteBuffer;

/** What an Ethernet frame carries, parsed. */
public sealed interface FramePayload permits ArpPacket, IpPacket, Unparsed {
  /** The Ethernet type that announces this payload. */
  int etherType();

  /** Its length in bytes. */
  int length();

  /** Writes the payload with right lengths and checksums. */
  void write(ByteBuffer target, int offset);

  /** The payload's bytes. */
  default Bytes toBytes() {
    ByteBuffer buffer = ByteBuffer.allocate(length());
    write(buffer, 0);
    return Bytes.of(buffer.array());
  }
}
