package io.tapstack.tap;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open TAP device: one queue of an Ethernet interface of Linux, non-blocking, frames without a
 * prefix ({@code IFF_TAP | IFF_NO_PI}). Unless it was made persistent beforehand, the interface is
 * created when it is opened and vanishes when it is closed.
 *
 * <p>Thread: one at a time; {@link #close} from any, once nobody reads or writes.
 */
public final class TapDevice implements AutoCloseable {
  /** The device node of the driver. */
  static final String NODE = "/dev/net/tun";

  private final Native os;
  private final int fd;
  private final String name;
  private final AtomicBoolean closed = new AtomicBoolean();

  private TapDevice(Native os, int fd, String name) {
    this.os = os;
    this.fd = fd;
    this.name = name;
  }

  /**
   * Opens a TAP interface, and creates it if there is none of that name.
   *
   * @param name the interface's name, such as {@code tap0}, or a pattern such as {@code tap%d}
   * @throws TapException with what to do about it: see {@link TapException.Reason}
   */
  public static TapDevice open(String name) throws TapException {
    return open(NODE, name);
  }

  static TapDevice open(String node, String name) throws TapException {
    InterfaceRequest request =
        new InterfaceRequest(
            InterfaceName.encode(name), InterfaceRequest.IFF_TAP | InterfaceRequest.IFF_NO_PI);
    Native os = Native.load();
    int fd = os.c.open(node, Native.O_RDWR | Native.O_NONBLOCK | Native.O_CLOEXEC);
    if (fd < 0) {
      throw TapFailure.opening(node, os.errno());
    }
    long command = InterfaceRequest.tunSetIff(System.getProperty("os.arch"));
    if (os.c.ioctl(fd, command, Native.address(request.memory())) < 0) {
      int errno = os.errno();
      os.c.close(fd);
      throw TapFailure.attaching(node, name, errno);
    }
    return new TapDevice(os, fd, request.name());
  }

  /** The interface's name, with the number that the kernel chose if a pattern was given. */
  public String name() {
    return name;
  }

  /** The file descriptor, for whoever waits for the device; -1 once it is closed. */
  public int fileDescriptor() {
    return closed.get() ? -1 : fd;
  }

  /**
   * Asks the kernel for the interface's MTU.
   *
   * @return bytes of a network packet, without the Ethernet header
   * @throws TapException if the interface is gone
   */
  public int mtu() throws TapException {
    try (Netlink netlink = new Netlink()) {
      return netlink.link(name).mtu();
    }
  }

  /** Reads a frame to an address. Returns its length, or an error number negated. */
  int read(long address, int length) {
    return result(os.c.read(fd, address, length));
  }

  /** Writes the frame at an address. Returns its length, or an error number negated. */
  int write(long address, int length) {
    return result(os.c.write(fd, address, length));
  }

  /** Writes a frame that lies in several places. Returns its length, or an error number negated. */
  int write(GatherList list) {
    return result(os.c.writev(fd, list.address(), list.count()));
  }

  private int result(long returned) {
    return returned >= 0 ? (int) returned : -os.errno();
  }

  /** Gives the device back; the interface vanishes unless it is persistent. Safe to call twice. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      os.c.close(fd);
    }
  }
}
