package io.tapstack.drill;

import io.tapstack.drill.Script.Segment;
import io.tapstack.wire.TcpHeader;

/** The control bits as scripts write them: {@code SEWA}, {@code P.}, {@code -}, {@code 5.}. */
final class Flags {
  /** By the number of the bit. */
  private static final String LETTERS = "FSRP.UEWA";

  /** SYN, FIN and RST first, the dot of ACK last, as everybody writes them. */
  private static final int[] ORDER = {1, 0, 2, 3, 5, 6, 7, 8, 4};

  private Flags() {}

  static int parse(String word) {
    if (word.equals("-")) {
      return 0;
    }
    int flags = 0;
    for (char letter : word.toCharArray()) {
      if (letter >= '0' && letter <= '7') {
        flags |= ace(letter - '0');
        continue;
      }
      int bit = LETTERS.indexOf(letter);
      if (bit < 0) {
        throw new Unsupported("syntax: \"" + word + "\" where flags are expected");
      }
      flags |= 1 << bit;
    }
    if (word.isEmpty()) {
      throw new Unsupported("syntax: flags are missing");
    }
    return flags;
  }

  /** RFC 9768 section 3.2.2: AE, CWR and ECE as one counter. */
  private static int ace(int digit) {
    return ((digit & 4) != 0 ? Segment.AE : 0)
        | ((digit & 2) != 0 ? TcpHeader.CWR : 0)
        | ((digit & 1) != 0 ? TcpHeader.ECE : 0);
  }

  static String text(int flags) {
    StringBuilder text = new StringBuilder();
    for (int bit : ORDER) {
      if ((flags & 1 << bit) != 0) {
        text.append(LETTERS.charAt(bit));
      }
    }
    return text.isEmpty() ? "-" : text.toString();
  }
}
