package io.tapstack.runtime;

import io.tapstack.link.Link;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.Packet;
import org.jspecify.annotations.Nullable;

/**
 * A link whose device comes and goes: what an interface attaches to its stack once, while it may be
 * connected and disconnected any number of times. Without a device nothing comes in or goes out.
 *
 * <p>Thread: the owner of the stack.
 */
public final class SwitchedLink implements Link {
  private final String name;
  private final long mac;
  private final int mtu;
  private @Nullable Link device;
  private @Nullable Runnable wakeup;

  /**
   * Creates a link without a device.
   *
   * @param mac of all its devices
   * @param mtu of all its devices
   */
  public SwitchedLink(String name, long mac, int mtu) {
    this.name = name;
    this.mac = mac;
    this.mtu = mtu;
  }

  /** Puts a device in. */
  public void plug(Link with) {
    device = with;
    if (wakeup != null) {
      with.onReceivable(wakeup);
    }
  }

  /** Takes the device out, which is the caller's again. */
  public @Nullable Link unplug() {
    Link was = device;
    device = null;
    return was;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long mac() {
    return mac;
  }

  @Override
  public int mtu() {
    return mtu;
  }

  @Override
  public LinkCapabilities capabilities() {
    Link present = device;
    return present == null ? LinkCapabilities.NONE : present.capabilities();
  }

  @Override
  public boolean transmit(Packet frame) {
    Link present = device;
    return present != null && present.transmit(frame);
  }

  @Override
  public boolean receive(Packet frame) {
    Link present = device;
    return present != null && present.receive(frame);
  }

  @Override
  public void onReceivable(Runnable wake) {
    wakeup = wake;
    if (device != null) {
      device.onReceivable(wake);
    }
  }

  @Override
  public void close() {
    Link was = unplug();
    if (was != null) {
      was.close();
    }
  }
}
