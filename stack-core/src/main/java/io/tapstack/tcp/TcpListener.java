package io.tapstack.tcp;

import io.tapstack.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The LISTEN state: a local address and port, half-open connections that came to it, and complete
 * ones that wait to be accepted. Both are bounded.
 *
 * <p>Thread: the owner of the stack.
 */
public final class TcpListener {
  private final Tcp tcp;
  final PortBinding binding;
  private final int backlog;
  private final TcpEvents events;
  private final ArrayDeque<TcpConnection> complete = new ArrayDeque<>();
  private @Nullable Supplier<? extends CongestionControl> congestionControl;
  final SynQueue synQueue;
  private long lastOverflow;
  private boolean hasOverflowed;
  private boolean closed;
  @Nullable TcpListener nextInBucket;

  TcpListener(Tcp tcp, PortBinding binding, int backlog, TcpEvents events) {
    this.tcp = tcp;
    this.binding = binding;
    this.backlog = Math.max(backlog, 1);
    this.events = events;
    synQueue = new SynQueue(tcp.config.maxHalfOpen());
  }

  public IpAddress localAddress() {
    return binding.address();
  }

  public int localPort() {
    return binding.port();
  }

  /** How many connections wait to be accepted. */
  public int pending() {
    return complete.size();
  }

  /** How many handshakes are under way. */
  public int halfOpen() {
    return synQueue.size();
  }

  /**
   * Takes the oldest connection that waits, or null if none does. Its peer may have sent data,
   * closed or reset it meanwhile.
   */
  public @Nullable TcpConnection accept() {
    return complete.pollFirst();
  }

  /**
   * What makes the congestion control of connections that come from now on; null for that of the
   * stack.
   */
  public void congestionControl(@Nullable Supplier<? extends CongestionControl> factory) {
    congestionControl = factory;
  }

  /** A connection has come: it inherits what the listener was told. */
  void inherit(TcpConnection connection) {
    Supplier<? extends CongestionControl> factory = congestionControl;
    if (factory != null) {
      connection.congestionControl(factory.get());
    }
  }

  /** Stops listening. Half-open connections and those that nobody accepted are reset. */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    tcp.remove(this);
    for (TcpConnection connection; (connection = complete.pollFirst()) != null; ) {
      connection.abort();
    }
    for (HalfOpen h; (h = synQueue.oldest()) != null; ) {
      tcp.replies.reset(h);
      tcp.forget(h);
    }
  }

  boolean matches(long localHigh, long localLow) {
    IpAddress address = binding.address();
    if (address.isAny()) {
      return !address.isV4() || IpAddress.isV4(localHigh, localLow);
    }
    return address.low() == localLow && address.high() == localHigh;
  }

  boolean isAcceptQueueFull() {
    return complete.size() >= backlog;
  }

  /** The queue of half-open connections is full, or it is as if it were. */
  void overflowed(long now) {
    lastOverflow = now;
    hasOverflowed = true;
  }

  /** Whether a SYN cookie that we sent can still be valid. */
  boolean mayHaveSentCookies(long now) {
    return switch (tcp.config.synCookies()) {
      case OFF -> false;
      case ON_OVERFLOW -> hasOverflowed && now - lastOverflow < SynCookies.memory();
      case ALWAYS -> true;
    };
  }

  void completed(TcpConnection connection) {
    complete.addLast(connection);
    events.changed(TcpEvents.ACCEPTABLE);
  }
}
