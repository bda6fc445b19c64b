package io.tapstack.ip;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;

/**
 * Builds frames with IPv6 extension headers, which the records of {@code wire} do not know.
 *
 * @param nextHeader what the IPv6 header says comes next
 */
record Ipv6PacketBytes(IpAddress from, IpAddress to, int hopLimit, int nextHeader) {

  /** The frame with the extension headers as they stand and a payload after them. */
  Bytes with(Bytes extensions, IpPayload payload, IpAddress pseudoFrom, IpAddress pseudoTo) {
    ByteBuffer buffer = ByteBuffer.allocate(payload.length());
    payload.write(buffer, 0, pseudoFrom, pseudoTo);
    return with(extensions.plus(Bytes.of(buffer.array())));
  }

  /** The frame with whatever follows the IPv6 header. */
  Bytes with(Bytes rest) {
    ByteBuffer buffer =
        ByteBuffer.allocate(EthernetHeader.LENGTH + Ipv6Header.LENGTH + rest.length());
    long mac = to.isMulticast() ? 0x3333_0000_0000L | to.low() & 0xffff_ffffL : TestHost.US_MAC;
    EthernetHeader.write(buffer, 0, mac, TestHost.PEER_MAC, EthernetHeader.TYPE_IPV6);
    Ipv6Header.write(
        buffer,
        EthernetHeader.LENGTH,
        0,
        0,
        rest.length(),
        nextHeader,
        hopLimit,
        from.high(),
        from.low(),
        to.high(),
        to.low());
    rest.write(buffer, EthernetHeader.LENGTH + Ipv6Header.LENGTH);
    return Bytes.of(buffer.array());
  }
}
