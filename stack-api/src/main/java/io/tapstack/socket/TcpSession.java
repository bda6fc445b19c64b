package io.tapstack.socket;

import io.tapstack.base.Result;
import io.tapstack.runtime.Kick;
import io.tapstack.tcp.CongestionControls;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.Tcp;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What a {@link TCPSocket} has from open to close: a binding, then a listener or a connection. */
final class TcpSession extends Session implements TcpEvents {
  /** What recv answers when the peer has sent FIN and everything before it was read. */
  static final int END = 0;

  /** Sends what was written; the writer kicks it. */
  final Kick flush =
      new Kick() {
        @Override
        protected void run() {
          TcpConnection current = connection;
          if (current != null && !isOver()) {
            current.flush();
          }
        }
      };

  /** Gives back what was read; the reader kicks it. */
  final Kick consumed =
      new Kick() {
        @Override
        protected void run() {
          TcpConnection current = connection;
          if (current != null && !isOver()) {
            current.consumed();
          }
        }
      };

  /** Written by the owner of the stack. */
  volatile @Nullable TcpConnection connection;

  /** Written by the owner of the stack. */
  volatile @Nullable TcpListener listener;

  private final AtomicBoolean endReceived = new AtomicBoolean();

  // Of the owner of the stack.
  private @Nullable PortBinding binding;
  boolean reuseAddress;
  private boolean noDelay;
  boolean keepAlive;
  int keepIdleSeconds = 7200;
  int keepIntervalSeconds = 75;
  int keepCount = 9;
  int userTimeoutMillis;

  /** {@link SocketOption#LINGER}; read by the thread that closes, too. */
  volatile int lingerSeconds = -1;

  private @Nullable String congestionControl;
  int trafficClass;

  TcpSession(NetworkInterface network, InternetSocket socket) {
    super(network, socket);
  }

  private Tcp tcp() {
    return driver.stack().tcp();
  }

  // ---- events ----

  @Override
  public void changed(int what) {
    if ((what & (READABLE | ACCEPTABLE | CLOSED)) != 0) {
      readable.raise();
    }
    if ((what & (WRITABLE | CONNECTED | CLOSED)) != 0) {
      writable.raise();
    }
    socket.sigio.changed(driver);
  }

  // ---- as the owner of the stack ----

  @Override
  int bind(IpAddress address, int port) {
    if (binding != null || connection != null) {
      return NsapiError.PARAMETER;
    }
    Result possible = tcp().bindable(address, port, reuseAddress);
    if (possible == Result.OK) {
      binding = tcp().bind(address, port, reuseAddress);
    }
    return InternetSocket.code(possible);
  }

  int listen(int backlog) {
    if (listener != null) {
      return NsapiError.OK;
    }
    PortBinding bound = binding;
    if (bound == null || connection != null || backlog < 1) {
      return NsapiError.PARAMETER;
    }
    TcpListener listening = tcp().listen(bound, backlog, this);
    if (congestionControl != null) {
      listening.congestionControl(CongestionControls.named(congestionControl));
    }
    listener = listening;
    return NsapiError.OK;
  }

  /** Begins to connect; one that cannot even begin leaves the session as it was. */
  int connect(IpAddress address, int port) {
    TcpConnection begun = tcp().connect(binding, address, port, this);
    Result failure = begun.failure();
    if (failure != null) {
      begun.close();
      return InternetSocket.code(failure);
    }
    adopt(begun);
    return NsapiError.IN_PROGRESS;
  }

  /** Takes a connection over, with the options that were set. */
  void adopt(TcpConnection with) {
    connection = with;
    with.events(this);
    applyOptions();
  }

  void applyOptions() {
    TcpConnection current = connection;
    if (current != null && current.state() != TcpState.CLOSED) {
      current.trafficClass(trafficClass);
      if (noDelay) {
        current.noDelay(true);
      }
      if (keepAlive) {
        applyKeepAlive(current);
      }
      if (userTimeoutMillis > 0) {
        applyUserTimeout(current);
      }
      if (congestionControl != null) {
        current.congestionControl(congestionControl);
      }
    }
  }

  int noDelay(boolean on) {
    noDelay = on;
    TcpConnection current = connection;
    if (current != null && current.state() != TcpState.CLOSED) {
      current.noDelay(on);
    }
    return NsapiError.OK;
  }

  void applyKeepAlive(TcpConnection current) {
    current.keepAlive(
        keepAlive,
        TimeUnit.SECONDS.toNanos(keepIdleSeconds),
        TimeUnit.SECONDS.toNanos(keepIntervalSeconds),
        keepCount);
  }

  void applyUserTimeout(TcpConnection current) {
    current.userTimeout(TimeUnit.MILLISECONDS.toNanos(userTimeoutMillis));
  }

  int congestionControl(String name) {
    if (!CongestionControls.names().contains(name)) {
      return NsapiError.PARAMETER;
    }
    congestionControl = name;
    TcpListener listening = listener;
    if (listening != null) {
      listening.congestionControl(CongestionControls.named(name));
    }
    TcpConnection current = connection;
    if (current != null && current.state() != TcpState.CLOSED) {
      current.congestionControl(name);
    }
    return NsapiError.OK;
  }

  int shutdownOutput() {
    TcpConnection current = connection;
    if (current == null || progress(current) == NsapiError.NO_CONNECTION) {
      return NsapiError.NO_CONNECTION;
    }
    writeLock.lock(); // what is being written comes before the FIN, or is refused
    try {
      current.shutdownOutput();
    } finally {
      writeLock.unlock();
    }
    return NsapiError.OK;
  }

  @Override
  boolean isReady() {
    TcpListener listening = listener;
    TcpConnection current = connection;
    return listening != null && listening.pending() > 0
        || current != null && (current.readable() > 0 || hasPeerFinished(current));
  }

  @Override
  int localName(SocketAddress address) {
    TcpConnection current = connection;
    PortBinding bound = binding;
    if (current != null) {
      address.set(new SocketAddress(current.localAddress(), current.localPort()));
    } else if (bound != null) {
      address.set(new SocketAddress(bound.address(), bound.port()));
    } else {
      return NsapiError.NO_ADDRESS;
    }
    return NsapiError.OK;
  }

  @Override
  void interfaceDown() {
    TcpConnection current = connection;
    if (current == null) {
      return;
    }
    writeLock.lock();
    readLock.lock();
    try {
      current.abort();
    } finally {
      readLock.unlock();
      writeLock.unlock();
    }
    changed();
  }

  @Override
  void giveBack() {
    TcpListener listening = listener;
    TcpConnection current = connection;
    if (listening != null) {
      listening.close();
    }
    if (current != null) {
      if (lingerSeconds == 0) {
        current.abort();
      } else {
        current.close();
        network.sessions().linger(current);
      }
    }
    releaseBinding();
  }

  /** Beyond what every session does, waits for delivery if the application asked for that. */
  @Override
  void close() {
    super.close();
    TcpConnection current = connection;
    if (current != null && lingerSeconds > 0) {
      Sessions.awaitDelivery(driver, current, TimeUnit.SECONDS.toNanos(lingerSeconds));
    }
  }

  @Override
  void abandon() {
    TcpListener listening = listener;
    TcpConnection current = connection;
    if (listening != null) {
      listening.close();
    }
    if (current != null) {
      current.abort();
    }
    releaseBinding();
  }

  private void releaseBinding() {
    PortBinding bound = binding;
    if (bound != null) {
      binding = null;
      bound.release();
    }
  }

  // ---- any thread ----

  /** How far connecting has come: IN_PROGRESS, IS_CONNECTED or NO_CONNECTION. */
  static int progress(TcpConnection of) {
    return switch (of.state()) {
      case SYN_SENT, SYN_RECEIVED -> NsapiError.IN_PROGRESS;
      case CLOSED -> NsapiError.NO_CONNECTION;
      default -> NsapiError.IS_CONNECTED;
    };
  }

  /** Whether the peer will send no more. */
  static boolean hasPeerFinished(TcpConnection of) {
    return switch (of.state()) {
      case CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT, CLOSED -> true;
      default -> false;
    };
  }

  /** Whether the application has received the end, or an error, for the first time. */
  boolean firstEnd() {
    return endReceived.compareAndSet(false, true);
  }

  // ---- the rings' application ends ----

  /**
   * Copies bytes to be sent into the ring, as far as there is room.
   *
   * @param array the source, or null if {@code buffer} is
   * @return the number of bytes, 0 if there is no room now, or a code
   */
  int write(byte @Nullable [] array, int offset, int length, @Nullable ByteBuffer buffer) {
    writeLock.lock();
    try {
      TcpConnection current = connection;
      if (isOver() || current == null) {
        return gone();
      }
      int n = array != null ? current.write(array, offset, length) : current.write(buffer);
      // No room, or no use: after shutdown, a reset or the end nothing will ever be taken.
      return n > 0 || current.acceptsWrites() ? n : NsapiError.NO_CONNECTION;
    } finally {
      writeLock.unlock();
    }
  }

  /**
   * Copies bytes that have arrived out of the ring.
   *
   * @param array the target, or null if {@code buffer} is
   * @return the number of bytes, {@link #END}, WOULD_BLOCK if there is nothing now, or another code
   */
  int read(byte @Nullable [] array, int offset, int length, @Nullable ByteBuffer buffer) {
    readLock.lock();
    try {
      TcpConnection current = connection;
      if (isOver() || current == null) {
        return gone();
      }
      int n = array != null ? current.read(array, offset, length) : current.read(buffer);
      if (n < 0) {
        return current.failure() == null ? END : NsapiError.NO_CONNECTION;
      }
      return n == 0 ? NsapiError.WOULD_BLOCK : n;
    } finally {
      readLock.unlock();
    }
  }
}
