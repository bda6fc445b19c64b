package io.tapstack.it;

import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapException;

/** Opens a device in a process of its own, for a test that takes the process a capability. */
final class OpenTap {
  private OpenTap() {}

  public static void main(String[] arguments) {
    try (TapDevice device = TapDevice.open(arguments[0])) {
      System.out.println("opened " + device.name());
    } catch (TapException e) {
      System.out.println(e.reason() + " " + e.getMessage());
      System.exit(1);
    }
  }
}
