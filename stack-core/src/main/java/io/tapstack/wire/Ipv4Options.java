package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The options of an IPv4 header, RFC 791 section 3.1, as far as a host must look at them. Unknown
 * ones are skipped (RFC 1122 section 3.2.1.8).
 */
public final class Ipv4Options {
  /** What {@link #check} says of options that may stand. */
  public static final int GOOD = 0;

  /** A length that does not fit. */
  public static final int MALFORMED = 1;

  /** A loose or strict source route, which hosts drop by default (RFC 7126 section 4.3 and 4.4). */
  public static final int SOURCE_ROUTE = 2;

  private static final int END = 0;
  private static final int NO_OPERATION = 1;
  private static final int LOOSE_SOURCE_ROUTE = 131;
  private static final int STRICT_SOURCE_ROUTE = 137;

  private Ipv4Options() {}

  /** Walks the options of a header that was checked. */
  public static int check(ByteBuffer packet, int offset) {
    int end = offset + Ipv4Header.headerLength(packet, offset);
    int position = offset + Ipv4Header.MIN_LENGTH;
    while (position < end) {
      int type = packet.get(position) & 0xff;
      if (type == END) {
        return GOOD;
      }
      if (type == NO_OPERATION) {
        position++;
        continue;
      }
      int length = position + 1 < end ? packet.get(position + 1) & 0xff : 0;
      if (length < 2 || length > end - position) {
        return MALFORMED;
      }
      if (type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE) {
        return SOURCE_ROUTE;
      }
      position += length;
    }
    return GOOD;
  }
}
