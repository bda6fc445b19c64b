package io.tapstack.drill;

import io.tapstack.base.Result;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.jspecify.annotations.Nullable;

/** A script's TCP socket over the core: what Linux keeps in a descriptor and the core does not. */
final class StreamSocket implements Descriptor {
  private boolean nonBlocking;
  boolean reuseAddress;
  boolean noDelay;
  boolean keepAlive;
  long keepIdle;
  long keepInterval;
  int keepCount;

  /** TCP_USER_TIMEOUT, in nanoseconds. */
  long userTimeout;

  boolean abortOnClose;
  boolean readShut;
  @Nullable PortBinding binding;
  @Nullable TcpListener listener;
  @Nullable TcpConnection connection;

  /** The script's numbers of the connection. */
  @Nullable Flow flow;

  /** How many bytes were read and written. */
  long bytesRead;

  long bytesWritten;

  /** SO_RCVTIMEO and SO_SNDTIMEO, in nanoseconds; 0 is for ever. */
  long receiveTimeout;

  long sendTimeout;

  /** TCP_CONGESTION, or null where nothing was said. */
  @Nullable String congestionControl;

  private long edges;

  /** The connect call has told that it worked. */
  boolean connectTold;

  private boolean failureTold;

  private final String defaultCongestionControl;

  StreamSocket(Knobs knobs) {
    defaultCongestionControl = knobs.congestionControl();
    keepIdle = knobs.keepIdle();
    keepInterval = knobs.keepInterval();
    keepCount = knobs.keepCount();
  }

  /** A connection that this listening socket accepted; it inherits options as in Linux. */
  StreamSocket accepted(TcpConnection accepted, Knobs knobs) {
    StreamSocket socket = new StreamSocket(knobs);
    socket.connection = accepted;
    accepted.events(socket::changed);
    socket.connectTold = true;
    socket.noDelay = noDelay;
    socket.keepAlive = keepAlive;
    socket.keepIdle = keepIdle;
    socket.keepInterval = keepInterval;
    socket.keepCount = keepCount;
    socket.userTimeout = userTimeout;
    socket.abortOnClose = abortOnClose;
    socket.reuseAddress = reuseAddress;
    socket.congestionControl = congestionControl;
    socket.receiveTimeout = receiveTimeout;
    socket.sendTimeout = sendTimeout;
    socket.apply();
    return socket;
  }

  /** Hands the options to the connection, if there is one. */
  void apply() {
    TcpConnection c = connection;
    if (c != null) {
      if (c.state() != TcpState.CLOSED) {
        c.noDelay(noDelay);
        if (congestionControl != null && !congestionControl.equals(c.congestionControl())) {
          c.congestionControl(congestionControl);
        }
        c.keepAlive(keepAlive, keepIdle, keepInterval, keepCount);
        c.userTimeout(userTimeout);
      }
    }
  }

  /** TCP_QUICKACK, which a connection has and nothing inherits. */
  void quickAck(boolean on) {
    TcpConnection c = connection;
    if (c != null && c.state() != TcpState.CLOSED) {
      c.quickAck(on);
    }
  }

  boolean quickAck() {
    TcpConnection c = connection;
    return c == null || c.quickAck();
  }

  boolean isConnecting() {
    TcpConnection c = connection;
    return c != null && (c.state() == TcpState.SYN_SENT || c.state() == TcpState.SYN_RECEIVED);
  }

  /** The error that waits to be told, once, or null. */
  @Nullable String takeError() {
    String error = peekError();
    failureTold |= error != null;
    return error;
  }

  @Nullable String peekError() {
    TcpConnection c = connection;
    Result failure = c == null ? null : c.failure();
    return failure == null || failureTold ? null : Constants.errno(failure);
  }

  /** The congestion control that getsockopt tells. */
  String congestionControl() {
    TcpConnection c = connection;
    return c != null
        ? c.congestionControl()
        : congestionControl != null ? congestionControl : defaultCongestionControl;
  }

  /** SIOCOUTQ: what was written and is not acknowledged. */
  long queued() {
    TcpConnection c = connection;
    if (c == null || c.state() == TcpState.CLOSED) {
      return 0;
    }
    throw new Unsupported("ioctl SIOCOUTQ");
  }

  /** The state as {@code tcpi_state} tells it. */
  long state() {
    TcpConnection c = connection;
    if (c == null) {
      return listener != null ? 10 : 7;
    }
    return switch (c.state()) {
      case ESTABLISHED -> 1;
      case SYN_SENT -> 2;
      case SYN_RECEIVED -> 3;
      case FIN_WAIT_1 -> 4;
      case FIN_WAIT_2 -> 5;
      case TIME_WAIT -> 6;
      case CLOSED -> 7;
      case CLOSE_WAIT -> 8;
      case LAST_ACK -> 9;
      case CLOSING -> 11;
    };
  }

  /** Hears of changes, for {@code EPOLLET}. */
  void changed(int what) {
    if ((what & (TcpEvents.READABLE | TcpEvents.ACCEPTABLE | TcpEvents.CLOSED)) != 0) {
      edges |= EventPoll.READABLE;
    }
    if ((what & (TcpEvents.WRITABLE | TcpEvents.CONNECTED | TcpEvents.CLOSED)) != 0) {
      edges |= EventPoll.WRITABLE;
    }
  }

  @Override
  public long takeEdges() {
    long taken = edges;
    edges = 0;
    return taken;
  }

  @Override
  public boolean isNonBlocking() {
    return nonBlocking;
  }

  @Override
  public void nonBlocking(boolean on) {
    nonBlocking = on;
  }

  @Override
  public void close() {
    if (listener != null) {
      listener.close();
    }
    TcpConnection c = connection;
    if (c != null) {
      if (abortOnClose) {
        c.abort();
      } else {
        c.close();
      }
    }
    if (binding != null) {
      binding.release();
    }
  }

  @Override
  public long ready() {
    TcpConnection c = connection;
    if (listener != null) {
      return listener.pending() > 0 ? 1 : 0;
    }
    if (c == null) {
      return 4 | 0x10;
    }
    if (isConnecting()) {
      return 0;
    }
    boolean ended = c.state() == TcpState.CLOSED || c.state() == TcpState.TIME_WAIT;
    boolean peerShut = ended || hasPeerShut(c.state());
    long events = 0;
    events |= c.readable() > 0 || peerShut || readShut ? 1 : 0;
    events |= c.writable() > 0 || ended || !c.acceptsWrites() ? 4 : 0;
    events |= peekError() != null ? 8 : 0;
    events |= ended || peerShut && !c.acceptsWrites() ? 0x10 : 0;
    events |= peerShut || readShut ? 0x2000 : 0;
    return events;
  }

  private static boolean hasPeerShut(TcpState state) {
    return switch (state) {
      case CLOSE_WAIT, CLOSING, LAST_ACK -> true;
      default -> false;
    };
  }
}
