package io.tapstack.tcp;

import io.tapstack.wire.IpAddress;

/**
 * A local address and port that a socket has reserved.
 *
 * <p>Thread: the owner of the stack.
 */
public final class PortBinding {
  private final PortTable table;
  private final IpAddress address;
  private final int port;
  private final boolean reuse;
  private boolean released;

  PortBinding(PortTable table, IpAddress address, int port, boolean reuse) {
    this.table = table;
    this.address = address;
    this.port = port;
    this.reuse = reuse;
  }

  /** The local address; 0.0.0.0 or :: for any. */
  public IpAddress address() {
    return address;
  }

  /** The local port, 1 to 65535. */
  public int port() {
    return port;
  }

  boolean reuse() {
    return reuse;
  }

  /** Gives the address and port back. Safe to call twice. */
  public void release() {
    if (!released) {
      released = true;
      table.remove(this);
    }
  }
}
