package io.tapstack.tap;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What the kernel accepts as the name of a network interface, and how it lies in memory. */
final class InterfaceName {
  /** The bytes of a name field, with at least one NUL at the end: IFNAMSIZ of linux/if.h. */
  static final int FIELD = 16;

  private static final String RULE =
      "; a name has 1 to 15 bytes, is not \".\" or \"..\" and has no '/', ':' or white space;"
          + " \"%d\" once stands for the first free number, as in tap%d";

  private InterfaceName() {}

  /**
   * The bytes of a name, or of a pattern for one, after the rules of the kernel's {@code
   * dev_valid_name} and {@code dev_alloc_name}.
   *
   * @throws TapException ({@link TapException.Reason#BAD_NAME}) if the kernel would refuse it
   */
  static byte[] encode(String name) throws TapException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length == 0 || bytes.length >= FIELD) {
      throw bad(name, "has " + bytes.length + " bytes");
    }
    if (name.equals(".") || name.equals("..")) {
      throw bad(name, "is a directory");
    }
    for (byte b : bytes) {
      if (b == '/' || b == ':' || b == 0 || b == ' ' || b >= '\t' && b <= '\r' || b == NBSP) {
        throw bad(name, "has a character that the kernel refuses");
      }
    }
    int percent = name.indexOf('%');
    if (percent >= 0 && (!name.startsWith("%d", percent) || name.indexOf('%', percent + 1) >= 0)) {
      throw bad(name, "has a '%' that is not the one \"%d\"");
    }
    return bytes;
  }

  /** A byte that isspace() of the kernel, which thinks in Latin-1, takes for white space. */
  private static final byte NBSP = (byte) 0xa0;

  private static TapException bad(String name, String what) {
    return new TapException(
        TapException.Reason.BAD_NAME,
        "\"" + name + "\" cannot name a network interface: it " + what + RULE);
  }

  /** Reads a NUL-terminated name. */
  static String read(ByteBuffer buffer, int offset) {
    int length = 0;
    while (length < FIELD && buffer.get(offset + length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    buffer.get(offset, bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
