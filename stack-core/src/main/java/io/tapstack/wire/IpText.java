package io.tapstack.wire;

import org.jspecify.annotations.Nullable;

/** Addresses as text: the forms of RFC 4291 section 2.2 in, the canonical one of RFC 5952 out. */
final class IpText {
  private IpText() {}

  static @Nullable IpAddress parseV4(String text) {
    int bits = 0;
    int start = 0;
    for (int octet = 0; octet < 4; octet++) {
      int end = octet < 3 ? text.indexOf('.', start) : text.length();
      int length = end - start;
      // Strictly dotted quad: a leading zero would be octal to some readers and decimal to others.
      if (end < 0 || length < 1 || length > 3 || length > 1 && text.charAt(start) == '0') {
        return null;
      }
      int value = 0;
      for (int i = start; i < end; i++) {
        int digit = text.charAt(i) - '0';
        if (digit < 0 || digit > 9) {
          return null;
        }
        value = value * 10 + digit;
      }
      if (value > 255) {
        return null;
      }
      bits = bits << 8 | value;
      start = end + 1;
    }
    return IpAddress.ofV4(bits);
  }

  static @Nullable IpAddress parseV6(String text) {
    int gap = text.indexOf("::");
    if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
      return null;
    }
    String beforeGap = gap < 0 ? "" : text.substring(0, gap);
    int[] front = groups(beforeGap);
    int[] back = groups(gap < 0 ? text : text.substring(gap + 2));
    // RFC 4291 section 2.2: a dotted quad can only be the last 32 bits.
    if (front == null || back == null || beforeGap.indexOf('.') >= 0) {
      return null;
    }
    int given = front.length + back.length;
    if (gap < 0 ? given != 8 : given > 7) {
      return null;
    }
    long[] halves = new long[2];
    for (int i = 0; i < 8; i++) {
      int fromEnd = i - (8 - back.length);
      int group = i < front.length ? front[i] : fromEnd >= 0 ? back[fromEnd] : 0;
      halves[i / 4] = halves[i / 4] << 16 | group;
    }
    return new IpAddress(halves[0], halves[1]);
  }

  /** The 16-bit groups of a run without "::"; a dotted quad at its end counts as two. */
  private static int @Nullable [] groups(String run) {
    if (run.isEmpty()) {
      return new int[0];
    }
    String[] parts = run.split(":", -1);
    boolean quad = parts[parts.length - 1].indexOf('.') >= 0;
    int[] groups = new int[parts.length + (quad ? 1 : 0)];
    if (groups.length > 8) {
      return null;
    }
    for (int i = 0; i < parts.length; i++) {
      String part = parts[i];
      if (quad && i == parts.length - 1) {
        IpAddress v4 = parseV4(part);
        if (v4 == null) {
          return null;
        }
        groups[i] = v4.v4() >>> 16;
        groups[i + 1] = v4.v4() & 0xffff;
      } else if (part.isEmpty() || part.length() > 4) {
        return null;
      } else {
        for (int c = 0; c < part.length(); c++) {
          int digit = part.charAt(c) < 128 ? Character.digit(part.charAt(c), 16) : -1;
          if (digit < 0) {
            return null;
          }
          groups[i] = groups[i] << 4 | digit;
        }
      }
    }
    return groups;
  }

  /** An address with a port, as a URL would write it (RFC 3986 section 3.2.2). */
  static String formatEndpoint(IpAddress address, int port) {
    return address.isV4() ? address + ":" + port : "[" + address + "]:" + port;
  }

  static String formatV4(int bits) {
    return (bits >>> 24)
        + "."
        + (bits >>> 16 & 255)
        + "."
        + (bits >>> 8 & 255)
        + "."
        + (bits & 255);
  }

  static String formatV6(long high, long low) {
    int[] groups = new int[8];
    for (int i = 0; i < 8; i++) {
      groups[i] = (int) ((i < 4 ? high : low) >>> (48 - i % 4 * 16)) & 0xffff;
    }
    // RFC 5952 section 4.2: "::" stands for the first longest run of at least two zero groups.
    int gapStart = -1;
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && groups[i + run] == 0) {
        run++;
      }
      if (run > gapLength) {
        gapStart = i;
        gapLength = run;
      }
      i += run;
    }
    StringBuilder text = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == gapStart) {
        text.append("::");
        i += gapLength - 1;
      } else {
        if (i > 0 && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
