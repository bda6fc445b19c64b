package io.tapstack.cli;

import io.tapstack.tap.HostInterface;
import io.tapstack.tap.TapException;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Whether Linux speaks IPv6 here, and whether this JVM can.
 *
 * <p>A JVM looks once, when it loads its network library, whether any interface has an IPv6
 * address; in a new namespace none has until its loopback interface is up.
 */
final class KernelIpv6 {
  private static final String DISABLED = "/proc/sys/net/ipv6/conf/default/disable_ipv6";
  private static final String ADDRESSES = "/proc/net/if_inet6";

  private KernelIpv6() {}

  /** Whether interfaces get IPv6 at all. */
  static boolean isEnabled() throws IOException {
    return first(DISABLED) == '0';
  }

  /** Whether IPv6 is there, but no interface has an address yet. */
  static boolean isAsleep() throws IOException {
    return isEnabled() && first(ADDRESSES) < 0;
  }

  /** Brings the loopback interface up, for a JVM that begins afterwards. */
  @SuppressWarnings("resource") // closing it would take the loopback interface down again
  static void wake() throws TapException {
    HostInterface.of("lo").up();
  }

  /** The first byte of a file, or -1. */
  private static int first(String name) throws IOException {
    File file = new File(name);
    if (!file.exists()) {
      return -1;
    }
    try (InputStream in = new FileInputStream(file)) {
      return in.read();
    }
  }
}
