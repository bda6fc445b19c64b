package io.tapstack.runtime;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waits by parking the thread: for links in memory, which tell when a frame has come. */
final class ParkWaiter implements LoopWaiter {
  private volatile @Nullable Thread thread;
  private volatile boolean woken;

  ParkWaiter() {}

  @Override
  public void await(long nanos) {
    // Named before `woken` is looked at: a waker that saw no thread to unpark has set it.
    thread = Thread.currentThread();
    if (!woken) {
      // A park may end early, without harm: the loop looks around and waits again.
      if (nanos == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, nanos);
      }
    }
    woken = false;
  }

  @Override
  public void wakeup() {
    if (!woken) {
      woken = true;
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void close() {}
}
