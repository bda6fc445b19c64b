package io.tapstack.tap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The kernel's {@code struct ifreq} (linux/if.h) as TUNSETIFF reads it and writes the name back.
 *
 * <pre>
 *  0                  16       18                40
 * +------------------+--------+-----------------+
 * | name, NUL-padded | flags  |     unused      |
 * +------------------+--------+-----------------+
 * </pre>
 */
final class InterfaceRequest {
  static final int LENGTH = 40;
  static final int IFF_TAP = 0x0002;
  static final int IFF_NO_PI = 0x1000;

  private static final int FLAGS = 16;

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.nativeOrder());

  InterfaceRequest(byte[] name, int flags) {
    memory.put(0, name);
    memory.putShort(FLAGS, (short) flags);
  }

  ByteBuffer memory() {
    return memory;
  }

  /** The name, after the ioctl the one that the kernel chose. */
  String name() {
    return InterfaceName.read(memory, 0);
  }

  /** The number of the TUNSETIFF ioctl: {@code _IOW('T', 202, int)}, asm-generic/ioctl.h. */
  static long tunSetIff(String architecture) {
    // PowerPC says "write" with another bit (asm/ioctl.h of powerpc).
    return architecture.startsWith("ppc") ? 0x8004_54caL : 0x4004_54caL;
  }
}
