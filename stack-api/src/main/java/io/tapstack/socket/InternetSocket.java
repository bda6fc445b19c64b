package io.tapstack.socket;

import io.tapstack.base.Result;
import io.tapstack.wire.IpAddress;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What sockets of the Internet protocols have in common: opening and closing, binding, options,
 * timeouts and the peer's name.
 */
public abstract class InternetSocket extends Socket {
  final Sigio sigio = new Sigio();
  private final AtomicReference<@Nullable Session> session = new AtomicReference<>();
  private volatile int timeout = -1;
  private volatile @Nullable SocketAddress peer;

  InternetSocket() {}

  /**
   * Opens the socket on an interface, which need not be connected yet.
   *
   * @return OK; PARAMETER if the interface is null or the socket is open; NO_SOCKET if the
   *     interface has been closed
   */
  public final int open(@Nullable NetworkInterface network) {
    if (network == null || session.get() != null) {
      return NsapiError.PARAMETER;
    }
    Session fresh = newSession(network);
    if (!fresh.driver.enter()) {
      return NsapiError.NO_SOCKET;
    }
    try {
      if (!session.compareAndSet(null, fresh)) {
        return NsapiError.PARAMETER;
      }
      peer = null;
      fresh.register();
      return NsapiError.OK;
    } finally {
      fresh.driver.exit();
    }
  }

  abstract Session newSession(NetworkInterface network);

  /** Makes this the socket of a session that exists, for one that was accepted. */
  void adopt(Session existing, SocketAddress from) {
    peer = from;
    session.set(existing);
  }

  /** The session if the socket is open; an operation begins, so sigio may call again. */
  @Nullable Session begin() {
    sigio.arm();
    return session.get();
  }

  @Override
  public final int close() {
    Session old = session.getAndSet(null);
    if (old == null) {
      return NsapiError.NO_SOCKET;
    }
    old.close();
    sigio.run();
    return NsapiError.OK;
  }

  // ---- names ----

  @Override
  public final int bind(SocketAddress address) {
    Session current = begin();
    if (current == null) {
      return NsapiError.NO_SOCKET;
    }
    // An unset address is any address, of either family.
    IpAddress ip = address.ip();
    IpAddress local = ip == null ? IpAddress.ANY_V6 : ip;
    return current.owned(() -> current.bind(local, address.getPort()));
  }

  /** Binds to a port on any address of either family. */
  public final int bind(int port) {
    return port < 0 || port > 65535
        ? NsapiError.PARAMETER
        : bind(new SocketAddress((String) null, port));
  }

  /**
   * Binds to an address given as text, as Mbed OS 5 had it.
   *
   * @return as {@link #bind(SocketAddress)}; PARAMETER if the text is no address
   */
  public final int bind(@Nullable String address, int port) {
    if (port < 0 || port > 65535) {
      return NsapiError.PARAMETER;
    }
    SocketAddress local = new SocketAddress(address, port);
    return address != null && local.ip() == null ? NsapiError.PARAMETER : bind(local);
  }

  @Override
  public final int getpeername(SocketAddress address) {
    if (session.get() == null) {
      return NsapiError.NO_SOCKET;
    }
    SocketAddress known = peer;
    if (known == null || known.isEmpty()) {
      return NsapiError.NO_CONNECTION;
    }
    address.set(known);
    return NsapiError.OK;
  }

  /**
   * Tells the local address and port, which Mbed does not.
   *
   * @param address filled in on success
   * @return OK, NO_SOCKET, or NO_ADDRESS if the socket is neither bound nor connected
   */
  public final int getsockname(SocketAddress address) {
    Session current = session.get();
    return current == null ? NsapiError.NO_SOCKET : current.owned(() -> current.localName(address));
  }

  /** The peer that connect has set; treat it as immutable. */
  @Nullable SocketAddress peer() {
    return peer;
  }

  void peer(@Nullable SocketAddress address) {
    peer = address == null ? null : new SocketAddress(address);
  }

  // ---- behaviour ----

  @Override
  public final void setBlocking(boolean blocking) {
    timeout = blocking ? -1 : 0;
  }

  @Override
  public final void setTimeout(int milliseconds) {
    timeout = Math.max(milliseconds, -1);
  }

  int timeout() {
    return timeout;
  }

  @Override
  public final void sigio(@Nullable Runnable callback) {
    sigio.handler(callback);
    Session current = session.get();
    if (callback != null && current != null) {
      current.owned(
          () -> {
            // Whatever came before would otherwise never be told of.
            if (current.isReady()) {
              sigio.changed(current.driver);
            }
            return NsapiError.OK;
          });
    }
  }

  @Override
  public int setsockopt(int level, int option, int value) {
    return begin() == null ? NsapiError.NO_SOCKET : NsapiError.UNSUPPORTED;
  }

  @Override
  public int getsockopt(int level, int option, int[] value) {
    return begin() == null ? NsapiError.NO_SOCKET : NsapiError.UNSUPPORTED;
  }

  /**
   * Joins a multicast group. Not there yet.
   *
   * @return NO_SOCKET or UNSUPPORTED
   */
  public int joinMulticastGroup(SocketAddress group) {
    return begin() == null ? NsapiError.NO_SOCKET : NsapiError.UNSUPPORTED;
  }

  /**
   * Leaves a multicast group. Not there yet.
   *
   * @return NO_SOCKET or UNSUPPORTED
   */
  public int leaveMulticastGroup(SocketAddress group) {
    return begin() == null ? NsapiError.NO_SOCKET : NsapiError.UNSUPPORTED;
  }

  /** What a result of the stack is called here. */
  static int code(Result result) {
    return switch (result) {
      case OK -> NsapiError.OK;
      case INVALID, ADDRESS_IN_USE, ADDRESS_NOT_LOCAL, TOO_LARGE -> NsapiError.PARAMETER;
      case LIMIT -> NsapiError.NO_MEMORY;
      case WOULD_BLOCK -> NsapiError.WOULD_BLOCK;
      case NO_ROUTE, REFUSED, RESET, TIMED_OUT, UNREACHABLE, CLOSED -> NsapiError.NO_CONNECTION;
    };
  }

  static void set(int @Nullable [] error, int code) {
    if (error != null) {
      error[0] = code;
    }
  }
}
