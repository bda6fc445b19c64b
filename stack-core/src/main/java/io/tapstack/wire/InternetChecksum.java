package io.tapstack.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The Internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit
 * words.
 *
 * <p>Sums are carried as unfolded {@code long}s, so that the parts of a segment (pseudo-header,
 * header, the two runs of a ring) are added up in any grouping and folded once. Eight bytes are
 * added at a time, RFC 1071 section 2(B) and (C): word size and byte order do not matter until the
 * end.
 */
public final class InternetChecksum {
  private InternetChecksum() {}

  /**
   * Adds a run of bytes to a sum. The run counts as starting on an even offset; see {@link
   * #swapped} for one that does not. An odd last byte is padded with zero.
   *
   * @param sum the sum so far, 0 to begin with
   * @param buffer a big-endian buffer
   */
  public static long add(long sum, ByteBuffer buffer, int offset, int length) {
    int position = offset;
    int longsEnd = offset + (length & ~7);
    // Words are summed as 32-bit halves in 64 bits: 2^32 of them would be needed to overflow.
    long total = 0;
    while (position < longsEnd) {
      long eight = buffer.getLong(position);
      total += (eight >>> 32) + (eight & 0xffff_ffffL);
      position += 8;
    }
    int end = offset + length;
    if (end - position >= 4) {
      total += buffer.getInt(position) & 0xffff_ffffL;
      position += 4;
    }
    if (end - position >= 2) {
      total += buffer.getShort(position) & 0xffffL;
      position += 2;
    }
    if (position < end) {
      total += (buffer.get(position) & 0xffL) << 8;
    }
    return sum + fold(total);
  }

  /**
   * The same sum with its bytes swapped, which is what a run contributes that starts on an odd
   * offset (RFC 1071 section 2(B)).
   */
  public static long swapped(long sum) {
    int folded = fold(sum);
    return (folded & 0xff) << 8 | folded >>> 8;
  }

  /** Folds a sum into 16 bits. */
  public static int fold(long sum) {
    long folded = (sum >>> 32) + (sum & 0xffff_ffffL);
    folded = (folded >>> 16) + (folded & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    return (int) folded;
  }

  /** The checksum field that belongs to a sum: folded and complemented. */
  public static int finish(long sum) {
    return ~fold(sum) & 0xffff;
  }

  /**
   * The sum of the pseudo-header of an upper layer: RFC 9293 section 3.1 for IPv4, RFC 8200 section
   * 8.1 for IPv6. The mapping prefix of IPv4 addresses is not part of it.
   *
   * @param length the upper-layer length in bytes, header and payload
   */
  public static long pseudoHeader(
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int protocol,
      int length) {
    long sum = (long) protocol + length;
    if (IpAddress.isV4(sourceHigh, sourceLow)) {
      return sum + (sourceLow & 0xffff_ffffL) + (destinationLow & 0xffff_ffffL);
    }
    return sum
        + (sourceHigh >>> 32)
        + (sourceHigh & 0xffff_ffffL)
        + (sourceLow >>> 32)
        + (sourceLow & 0xffff_ffffL)
        + (destinationHigh >>> 32)
        + (destinationHigh & 0xffff_ffffL)
        + (destinationLow >>> 32)
        + (destinationLow & 0xffff_ffffL);
  }

  /**
   * The textbook loop of RFC 1071 section 4.1: what {@link #add} is tested and measured against.
   */
  public static int textbook(ByteBuffer buffer, int offset, int length) {
    if (buffer.order() != ByteOrder.BIG_ENDIAN) {
      throw new IllegalArgumentException("checksums are taken over big-endian buffers");
    }
    int sum = 0;
    for (int i = 0; i < length; i++) {
      int octet = buffer.get(offset + i) & 0xff;
      sum += (i & 1) == 0 ? octet << 8 : octet;
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }
}
