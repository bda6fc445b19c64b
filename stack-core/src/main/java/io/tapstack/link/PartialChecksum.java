package io.tapstack.link;

import io.tapstack.wire.InternetChecksum;
import java.nio.ByteBuffer;

/**
 * Does in software what a link without checksum offload cannot: completes the transport checksum of
 * an outgoing packet, over its header and its gathered runs. See {@link Packet#checksumStart}.
 */
public final class PartialChecksum {
  private PartialChecksum() {}

  /** Completes the checksum, if it is partial. The packet's checksum is whole afterwards. */
  public static void complete(Packet packet) {
    int from = packet.checksumStart;
    if (from < 0) {
      return;
    }
    ByteBuffer tail = packet.tail;
    // The checksum field takes part: it holds the folded sum of the pseudo-header.
    long sum = InternetChecksum.add(0, packet.buffer, from, packet.end - from);
    if (tail != null) {
      int length = packet.end - from;
      sum += run(tail, packet.tailOffset, packet.tailLength, length);
      sum += run(tail, packet.wrapOffset, packet.wrapLength, length + packet.tailLength);
    }
    int checksum = InternetChecksum.finish(sum);
    // RFC 768: UDP sends a zero as all ones; for TCP the two mean the same.
    packet.buffer.putShort(
        from + packet.checksumOffset, (short) (checksum == 0 ? 0xffff : checksum));
    packet.checksumStart = -1;
  }

  private static long run(ByteBuffer buffer, int offset, int length, int position) {
    long sum = InternetChecksum.add(0, buffer, offset, length);
    return (position & 1) == 0 ? sum : InternetChecksum.swapped(sum);
  }
}
