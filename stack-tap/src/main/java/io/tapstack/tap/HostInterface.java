package io.tapstack.tap;

import io.tapstack.tap.Netlink.LinkState;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The side of a TAP device that Linux sees: its MTU, addresses and whether it is up. What was
 * changed here is put back by {@link #close}, which matters for an interface that was there before;
 * one that vanishes with its device takes everything with it.
 *
 * <p>Everything but looking needs the capability CAP_NET_ADMIN. Thread: one at a time.
 */
public final class HostInterface implements AutoCloseable {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

  private record Address(IpAddress ip, int prefixLength) {}

  private final String name;
  private final LinkState before;
  private final List<Address> added = new ArrayList<>();
  private boolean mtuChanged;
  private boolean broughtUp;

  private HostInterface(String name, LinkState before) {
    this.name = name;
    this.before = before;
  }

  /**
   * Looks an interface up.
   *
   * @param name its name, usually {@link TapDevice#name()}
   * @throws TapException ({@link TapException.Reason#NO_INTERFACE}) if there is none
   */
  public static HostInterface of(String name) throws TapException {
    try (Netlink netlink = new Netlink()) {
      return new HostInterface(name, netlink.link(name));
    }
  }

  /** The interface's name. */
  public String name() {
    return name;
  }

  /** The kernel's number for the interface, the zone of its link-local addresses. */
  public int index() {
    return before.index();
  }

  /**
   * Sets the largest packet that the interface carries, in bytes without the Ethernet header: 68 to
   * 65521 for a TAP device, and at least 1280 for IPv6. A link that exists keeps the MTU it saw
   * when it was made, so set this first.
   */
  public void mtu(int mtu) throws TapException {
    try (Netlink netlink = new Netlink()) {
      netlink.setMtu(before, name, mtu);
    }
    mtuChanged = true;
  }

  /** Brings the interface up: frames written to the device are dropped until then. */
  public void up() throws TapException {
    try (Netlink netlink = new Netlink()) {
      netlink.setFlags(before, name, Netlink.IFF_UP);
      broughtUp = !before.isUp();
      awaitAddresses(netlink);
    }
  }

  /**
   * Gives the host an address on the interface, and with it the route to the network. It is usable
   * at once. One that the interface has already is left alone, also by {@link #close}.
   *
   * @param prefixLength 0 to 32 for IPv4, 0 to 128 for IPv6
   */
  public void addAddress(IpAddress ip, int prefixLength) throws TapException {
    if (prefixLength < 0 || prefixLength > ip.bits()) {
      throw new IllegalArgumentException(
          "the prefix length of " + ip + " is 0 to " + ip.bits() + ", not " + prefixLength);
    }
    try (Netlink netlink = new Netlink()) {
      if (netlink.addAddress(before, name, ip, prefixLength)) {
        added.add(new Address(ip, prefixLength));
      }
      awaitAddresses(netlink);
    }
  }

  /**
   * Waits until the host takes packets to the addresses that were added. The kernel says that an
   * IPv6 address is there before it has made the route to itself; packets are lost until then.
   */
  private void awaitAddresses(Netlink netlink) throws TapException {
    if (!netlink.link(name).isUp()) {
      return; // there is none on an interface that is down
    }
    long deadline = System.nanoTime() + PATIENCE;
    for (Address address : added) {
      while (!netlink.isLocal(address.ip())) {
        if (System.nanoTime() > deadline) {
          throw new TapException(
              TapException.Reason.SYSTEM,
              "the kernel has given "
                  + name
                  + " the address "
                  + address.ip()
                  + " and does not take packets to it; \"ip route get "
                  + address.ip()
                  + "\" shows where they go");
        }
        LockSupport.parkNanos(100_000);
      }
    }
  }

  /** Whether Linux has the interface up now. */
  public boolean isUp() throws TapException {
    try (Netlink netlink = new Netlink()) {
      return netlink.link(name).isUp();
    }
  }

  /**
   * Puts back what was changed: removes the addresses that were added, and restores the MTU and the
   * state. An interface that is gone is fine. Safe to call twice.
   */
  @Override
  public void close() throws TapException {
    try (Netlink netlink = new Netlink()) {
      while (!added.isEmpty()) {
        Address address = added.remove(added.size() - 1);
        netlink.removeAddress(before, name, address.ip(), address.prefixLength());
      }
      if (mtuChanged) {
        mtuChanged = false;
        netlink.setMtu(before, name, before.mtu());
      }
      if (broughtUp) {
        broughtUp = false;
        netlink.setFlags(before, name, 0);
      }
    } catch (TapException e) {
      if (e.reason() != TapException.Reason.NO_INTERFACE) {
        throw e;
      }
      added.clear();
      mtuChanged = false;
      broughtUp = false;
    }
  }
}
