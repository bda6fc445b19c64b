package io.tapstack.socket;

import io.tapstack.runtime.Signal;
import io.tapstack.runtime.StackDriver;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * What lives on one interface: the sessions of open sockets, and connections whose sockets were
 * closed while bytes or FIN were still on their way. An interface that goes down waits for the
 * latter and ends the former's connections.
 *
 * <p>Thread: the owner of the stack, except for {@link #awaitDelivery}.
 */
final class Sessions {
  private static final long LOOK_AGAIN_NANOS = 2_000_000;

  private final Set<Session> open = new LinkedHashSet<>();
  private final List<TcpConnection> connections = new ArrayList<>();
  private int pruneAt = 64;

  Sessions() {}

  void opened(Session session) {
    open.add(session);
  }

  void closed(Session session) {
    open.remove(session);
  }

  /** Ends the connections of open sockets, as an interface that goes down does. */
  void endConnections() {
    for (Session session : List.copyOf(open)) {
      session.interfaceDown();
    }
  }

  void linger(TcpConnection connection) {
    if (isDone(connection)) {
      return;
    }
    connections.add(connection);
    if (connections.size() >= pruneAt) {
      prune();
      pruneAt = Math.max(64, 2 * connections.size());
    }
  }

  /**
   * Waits until the peers have everything, or the time is over. Called without owning the stack.
   */
  void awaitDelivery(StackDriver driver, long nanos) {
    awaitWhile(driver, nanos, () -> isAnyLeft(driver));
  }

  /** Waits until one peer has everything, or the time is over. Called without owning the stack. */
  static void awaitDelivery(StackDriver driver, TcpConnection connection, long nanos) {
    awaitWhile(driver, nanos, () -> !isDone(connection));
  }

  private static void awaitWhile(StackDriver driver, long nanos, BooleanSupplier condition) {
    long end = driver.now() + nanos;
    Signal never = new Signal();
    while (!driver.inCallback() && condition.getAsBoolean() && driver.now() < end) {
      long soon = Math.min(end, driver.now() + LOOK_AGAIN_NANOS);
      driver.await(never, never.version(), soon);
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
    }
  }

  private boolean isAnyLeft(StackDriver driver) {
    if (!driver.enter()) {
      return false;
    }
    try {
      prune();
      return !connections.isEmpty();
    } finally {
      driver.exit();
    }
  }

  private void prune() {
    connections.removeIf(Sessions::isDone);
  }

  /**
   * Whether the peer has acknowledged all that we sent, FIN included, or the connection is gone.
   */
  private static boolean isDone(TcpConnection connection) {
    TcpState state = connection.state();
    return state == TcpState.CLOSED
        || state == TcpState.FIN_WAIT_2
        || state == TcpState.TIME_WAIT
        || state == TcpState.SYN_SENT;
  }
}
