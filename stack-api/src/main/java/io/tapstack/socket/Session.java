package io.tapstack.socket;

import io.tapstack.runtime.Resident;
import io.tapstack.runtime.Signal;
import io.tapstack.runtime.StackDriver;
import io.tapstack.wire.IpAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a socket has from open to close. A thread that waits in an operation holds on to the session
 * that it began with, so a socket that is closed and opened again meanwhile does not confuse it.
 *
 * <p>Locks, in the order in which they may be taken: the ownership of the stack, then {@link
 * #writeLock}, then {@link #readLock}. The latter two guard the rings' application ends, are held
 * while bytes are copied and never while waiting; {@link #closed} and {@link #orphaned} are set
 * with both of them held, so whoever holds one may use the connection.
 */
abstract class Session implements Resident {
  /** A deadline that has not been worked out yet. */
  static final long UNSET = Long.MIN_VALUE;

  final StackDriver driver;
  final InternetSocket socket;

  /** Raised when there may be something to receive or to accept, and at the end. */
  final Signal readable = new Signal();

  /** Raised when there may be room to send or a connection is made, and at the end. */
  final Signal writable = new Signal();

  final ReentrantLock writeLock = new ReentrantLock();
  final ReentrantLock readLock = new ReentrantLock();

  /** The application closed the socket. */
  volatile boolean closed;

  /** The driver ended under the open socket: there is no network any more. */
  volatile boolean orphaned;

  final NetworkInterface network;

  Session(NetworkInterface network, InternetSocket socket) {
    this.network = network;
    driver = network.driver();
    this.socket = socket;
  }

  /** Has the driver and the interface know of this session. Called by the owner. */
  void register() {
    driver.register(this);
    network.sessions().opened(this);
  }

  private void unregister() {
    driver.unregister(this);
    network.sessions().closed(this);
  }

  /** What an operation answers that finds the driver gone or the session closed. */
  int gone() {
    return closed ? NsapiError.NO_SOCKET : NsapiError.NO_CONNECTION;
  }

  /** Does something as the owner of the stack, and answers its code, if there still is a stack. */
  int owned(IntSupplier action) {
    if (!driver.enter()) {
      return gone();
    }
    try {
      return isOver() ? gone() : action.getAsInt();
    } finally {
      driver.exit();
    }
  }

  /**
   * Waits for a signal as the socket's timeout says.
   *
   * @param deadline of the operation so far, or {@link #UNSET}
   * @return the deadline to go on with, or {@link #UNSET} if the time is over
   */
  long await(Signal signal, long seen, long deadline) {
    int timeout = socket.timeout();
    if (timeout == 0 || driver.inCallback()) {
      return UNSET;
    }
    long until = deadline;
    if (until == UNSET) {
      until = timeout < 0 ? Long.MAX_VALUE : driver.now() + TimeUnit.MILLISECONDS.toNanos(timeout);
    }
    return driver.await(signal, seen, until) ? until : UNSET;
  }

  /** Whether the session has ended in either way; operations look here after every wait. */
  boolean isOver() {
    return closed || orphaned;
  }

  /** Wakes whoever waits, and calls the socket's sigio. Called by the owner of the stack. */
  void changed() {
    readable.raise();
    writable.raise();
    socket.sigio.changed(driver);
  }

  /** Ends the session for the application: wakes whoever waits, then gives everything back. */
  void close() {
    seal(true);
    readable.raise();
    writable.raise();
    if (driver.enter()) {
      try {
        giveBack();
        unregister();
      } finally {
        driver.exit();
      }
    }
  }

  private void seal(boolean byApplication) {
    writeLock.lock();
    readLock.lock();
    try {
      if (byApplication) {
        closed = true;
      } else {
        orphaned = true;
      }
    } finally {
      readLock.unlock();
      writeLock.unlock();
    }
  }

  /** The interface goes down: ends connections, keeps what waits for others. By the owner. */
  abstract void interfaceDown();

  /** Binds to an address and port. Called by the owner. */
  abstract int bind(IpAddress address, int port);

  /** Tells the local address and port. Called by the owner. */
  abstract int localName(SocketAddress address);

  /** Whether something waits to be received or accepted. Called by the owner. */
  abstract boolean isReady();

  /** Closes what the stack holds for this session, in good order. Called by the owner. */
  abstract void giveBack();

  /** Ends at once what the stack holds for this session. Called by the owner. */
  abstract void abandon();

  @Override
  public void driverEnds(@Nullable Throwable failure) {
    seal(false);
    if (failure == null) {
      abandon();
    }
    changed();
  }
}
