package io.tapstack.tap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Waits in one place until a device can be read, another thread calls {@link #wakeup}, or time is
 * up: an epoll instance and an eventfd.
 *
 * <p>Threads: one calls {@link #await}; {@link #wakeup}, {@link #add}, {@link #remove} and {@link
 * #close} may come from any. A wake-up is never lost: one that comes before the wait makes that
 * wait return at once. While nobody waits it costs one atomic operation and no system call.
 */
public final class Epoll implements AutoCloseable {
  private static final int EPOLL_CTL_ADD = 1;
  private static final int EPOLL_CTL_DEL = 2;
  private static final int EPOLLIN = 1;
  private static final int EPOLLET = 1 << 31;
  private static final int CLOEXEC_NONBLOCK = 0x80800;
  private static final int CLOEXEC = 0x80000;
  private static final long SYS_EPOLL_PWAIT2 = 441;
  private static final int MAX_EVENTS = 64;

  private static final String CLOSED_MESSAGE = "this Epoll is closed; make another";

  // The bits of `state`.
  private static final int WAITING = 1;
  private static final int NOTIFIED = 2;
  private static final int CLOSED = 4;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(Epoll.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Native os;
  private final int epoll;
  private final int eventFd;

  /** Guards the descriptors against being used after they are closed; see {@link #released}. */
  private final ReentrantLock lock = new ReentrantLock();

  private boolean released; // guarded by the lock

  @SuppressWarnings("unused") // through STATE
  private volatile int state;

  // Owned by the waiting thread.
  private final EpollEvents events = new EpollEvents(MAX_EVENTS);
  private final ByteBuffer timespec = ByteBuffer.allocateDirect(16).order(ByteOrder.nativeOrder());
  private final long timespecAddress = Native.address(timespec);
  private boolean hasNanoseconds = true;

  // Guarded by the lock.
  private final EpollEvents change = new EpollEvents(1);
  private final ByteBuffer one =
      ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(0, 1);
  private final long oneAddress = Native.address(one);

  /**
   * Makes an instance that waits for nothing yet.
   *
   * @throws TapException if this is no Linux, or the process is out of file descriptors
   */
  public Epoll() throws TapException {
    os = Native.load();
    epoll = os.c.epoll_create1(CLOEXEC);
    if (epoll < 0) {
      throw failed("epoll_create1");
    }
    eventFd = os.c.eventfd(0, CLOEXEC_NONBLOCK);
    if (eventFd < 0) {
      TapException failure = failed("eventfd");
      os.c.close(epoll);
      throw failure;
    }
    // Edge-triggered: every write is reported once, and nobody needs to read the count back.
    change.set(0, EPOLLIN | EPOLLET, eventFd);
    if (os.c.epoll_ctl(epoll, EPOLL_CTL_ADD, eventFd, change.address()) < 0) {
      TapException failure = failed("epoll_ctl");
      release();
      throw failure;
    }
  }

  private TapException failed(String call) {
    return new TapException(
        TapException.Reason.SYSTEM,
        call
            + " failed ("
            + Errno.words(os.errno())
            + "); if files ran out, close what is open or raise the limit (\"ulimit -n\")");
  }

  /**
   * Waits for a descriptor too, from now on, until it is removed or closed.
   *
   * @param fd see {@link TapLink#fileDescriptor}
   * @throws TapException if the kernel refuses it, for example because it is there already
   */
  public void add(int fd) throws TapException {
    lock.lock();
    try {
      if (released) {
        throw new IllegalStateException(CLOSED_MESSAGE);
      }
      change.set(0, EPOLLIN, fd);
      if (os.c.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, change.address()) < 0) {
        throw failed("adding file descriptor " + fd + " to epoll");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a descriptor no longer. One that is not there, or was closed, is fine. */
  public void remove(int fd) {
    lock.lock();
    try {
      if (!released) {
        os.c.epoll_ctl(epoll, EPOLL_CTL_DEL, fd, change.address());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits. May return early for no reason, as any wait of this kind.
   *
   * @param timeoutNanos how long at most; 0 only looks, negative waits for ever
   * @return how many descriptors can be read; 0 for a wake-up, {@link #close} and when time is up
   */
  public int await(long timeoutNanos) {
    int before = (int) STATE.getAndBitwiseOr(this, WAITING);
    if ((before & CLOSED) != 0) {
      STATE.getAndBitwiseAnd(this, ~WAITING);
      throw new IllegalStateException(CLOSED_MESSAGE);
    }
    try {
      return ready(poll((before & NOTIFIED) != 0 ? 0 : timeoutNanos));
    } finally {
      // Whoever notified us published what it did before: getAndBitwiseOr releases, this acquires.
      int after = (int) STATE.getAndBitwiseAnd(this, CLOSED);
      if ((after & CLOSED) != 0) {
        release();
      }
    }
  }

  private int poll(long timeoutNanos) {
    if (timeoutNanos <= 0) {
      return os.c.epoll_wait(epoll, events.address(), MAX_EVENTS, timeoutNanos == 0 ? 0 : -1);
    }
    if (hasNanoseconds) {
      timespec.putLong(0, timeoutNanos / 1_000_000_000);
      timespec.putLong(8, timeoutNanos % 1_000_000_000);
      int count =
          (int)
              os.c.syscall(
                  SYS_EPOLL_PWAIT2, epoll, events.address(), MAX_EVENTS, timespecAddress, 0, 0);
      if (count >= 0 || os.errno() == Errno.EINTR) {
        return count;
      }
      // Linux before 5.11 does not know it, and old sandboxes forbid what they do not know.
      hasNanoseconds = false;
    }
    // Rounded up: a deadline met a little late is better than a loop that turns until it is met.
    long millis = (timeoutNanos + 999_999) / 1_000_000;
    return os.c.epoll_wait(
        epoll, events.address(), MAX_EVENTS, (int) Math.min(millis, Integer.MAX_VALUE));
  }

  /** Counts the devices among the events. */
  private int ready(int count) {
    if (count < 0 && os.errno() != Errno.EINTR) {
      throw new IllegalStateException("epoll_wait failed (" + Errno.words(os.errno()) + ")");
    }
    int ready = 0;
    for (int i = 0; i < count; i++) {
      int fd = events.fd(i);
      if (fd == eventFd) {
        continue;
      }
      ready++;
      if ((events.events(i) & EPOLLIN) == 0) {
        // EPOLLERR or EPOLLHUP, and nothing to read: the device behind it is gone. It would be
        // reported for ever, and await never wait again.
        remove(fd);
      }
    }
    return ready;
  }

  /** Ends the wait that is on, or else the next one. */
  public void wakeup() {
    int before = (int) STATE.getAndBitwiseOr(this, NOTIFIED);
    if (before == WAITING) {
      signal();
    }
  }

  private void signal() {
    lock.lock();
    try {
      if (!released) {
        long written = os.c.write(eventFd, oneAddress, Long.BYTES);
        if (written < 0) {
          // Not EAGAIN: the count in the eventfd would have to reach 2^64 first.
          throw new IllegalStateException(
              "waking the waiting thread failed (" + Errno.words(os.errno()) + ")");
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void release() {
    lock.lock();
    try {
      if (!released) {
        released = true;
        os.c.close(eventFd);
        os.c.close(epoll);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Closes the instance, not the descriptors in it. Whoever waits returns, and closes it on the way
   * out. Safe to call twice.
   */
  @Override
  public void close() {
    int before = (int) STATE.getAndBitwiseOr(this, CLOSED | NOTIFIED);
    if ((before & CLOSED) != 0) {
      return;
    }
    if ((before & WAITING) != 0) {
      signal();
    } else {
      release();
    }
  }
}
