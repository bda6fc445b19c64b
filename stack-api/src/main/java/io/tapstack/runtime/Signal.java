package io.tapstack.runtime;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What an application thread waits on: a number that goes up whenever something changed. Who waits
 * reads the number, tries, and if nothing could be done waits until the number is another one; so a
 * change between the try and the wait is never lost.
 *
 * <pre>{@code
 * while (true) {
 *   long seen = signal.version();
 *   if (tryIt() || !driver.await(signal, seen, deadline)) {
 *     break;
 *   }
 * }
 * }</pre>
 *
 * <p>Thread: any. Raising costs one atomic addition while nobody waits. The lock is held only to
 * join and to wake the queue of waiters, never while anybody waits or works, so the stack's owner
 * does not stand behind an application thread, and a virtual thread that waits frees its carrier.
 */
public final class Signal {
  private final AtomicLong version = new AtomicLong();
  private final AtomicInteger waiting = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Creates a signal. */
  public Signal() {}

  /** The number to compare with later. */
  public long version() {
    return version.get();
  }

  /** Says that something changed, and wakes all who wait. Never blocks for long. */
  public void raise() {
    version.getAndIncrement();
    // A waiter counts itself before it compares the number, so either we see it here or it sees
    // the new number there.
    if (waiting.get() > 0) {
      lock.lock();
      try {
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Parks until the number is another one than {@code seen}, the time is over or the thread is
   * interrupted (it stays so).
   *
   * @param seen what {@link #version()} was before the try
   * @param nanos how long at most; {@link Long#MAX_VALUE} for as long as it takes
   * @return whether the number changed
   */
  boolean await(long seen, long nanos) {
    if (version.get() != seen) {
      return true;
    }
    if (nanos <= 0) {
      return false;
    }
    waiting.getAndIncrement();
    lock.lock();
    try {
      long end = System.nanoTime() + nanos;
      while (version.get() == seen) {
        if (nanos == Long.MAX_VALUE) {
          changed.await();
        } else {
          long left = end - System.nanoTime();
          if (left <= 0) {
            return false;
          }
          changed.await(left, TimeUnit.NANOSECONDS);
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return version.get() != seen;
    } finally {
      lock.unlock();
      waiting.getAndDecrement();
    }
  }
}
