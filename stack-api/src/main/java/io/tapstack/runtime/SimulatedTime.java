package io.tapstack.runtime;

import io.tapstack.sim.SimNetwork;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The virtual time of a simulated network, shared by the drivers of its stacks and by the threads
 * that use them. It passes only while threads wait for something: the one that waits last runs the
 * network, from one thing that happens to the next, until some thread has what it waits for or has
 * reached its deadline.
 *
 * <p>A program of one thread needs nothing more. Of several threads, those that are made by {@link
 * #start} are waited for: while one of them computes, time stands still. A thread that is not known
 * here may find that hours have passed while it was busy.
 *
 * <p>Thread: any.
 */
public final class SimulatedTime {
  /** One thread in {@link #await}. */
  private static final class Waiter {
    final Signal signal;
    final long seen;
    final long deadline;
    boolean released;

    Waiter(Signal signal, long seen, long deadline) {
      this.signal = signal;
      this.seen = seen;
      this.deadline = deadline;
    }

    boolean isSatisfied() {
      return signal.version() != seen;
    }
  }

  private final SimNetwork network;

  /** Whoever holds it may touch the network and every stack in it. */
  final ReentrantLock lock = new ReentrantLock(true);

  // All of these are guarded by the lock.
  private final Condition turn = lock.newCondition();
  private final List<SimulatedDriver> drivers = new ArrayList<>();
  private final List<Waiter> waiters = new ArrayList<>();
  private final Set<Thread> known = new HashSet<>();

  /** Known threads that do not wait, and the thread that makes callbacks: time stands still. */
  private int busy;

  /** Of those that wait, the one that runs the network for all. */
  private @Nullable Thread runner;

  /** Whether the network runs; then its stacks' turns need wake nobody. */
  private boolean running;

  private volatile @Nullable Thread callbackThread;

  /** Creates the time of a network that nobody else runs. */
  public SimulatedTime(SimNetwork network) {
    this.network = network;
  }

  /** The network. Touch it only from a thread that nothing else runs beside, or in {@link #run}. */
  public SimNetwork network() {
    return network;
  }

  /** Virtual time, in nanoseconds. */
  public long now() {
    lock.lock();
    try {
      return network.now();
    } finally {
      lock.unlock();
    }
  }

  /** Does something to the network or its stacks while nobody else does. */
  public void run(Runnable action) {
    lock.lock();
    try {
      action.run();
      turn.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Lets virtual time pass for the calling thread. */
  public void sleep(long nanos) {
    Signal never = new Signal();
    await(never, never.version(), now() + nanos);
  }

  /**
   * Starts a thread that time waits for. It should wait for others only in this network's time: by
   * sockets, {@link #sleep}, or {@link #join}.
   */
  public SimulatedThread start(String name, Runnable body) {
    SimulatedThread started = new SimulatedThread(this, name, body);
    lock.lock();
    try {
      busy++;
      known.add(started.thread());
    } finally {
      lock.unlock();
    }
    started.thread().start();
    return started;
  }

  /**
   * Waits in virtual time until a thread of {@link #start} has ended.
   *
   * @throws IllegalStateException if it ended by an exception, which is the cause
   */
  public void join(SimulatedThread other) {
    long seen = other.ended().version();
    while (!other.hasEnded() && await(other.ended(), seen, Long.MAX_VALUE)) {
      seen = other.ended().version();
    }
    Throwable failure = other.failure();
    if (failure != null) {
      throw new IllegalStateException(other.thread().getName() + " failed", failure);
    }
  }

  void ended(SimulatedThread thread) {
    lock.lock();
    try {
      thread.ended().raise();
      known.remove(thread.thread());
      busy--;
      release();
      turn.signalAll();
    } finally {
      lock.unlock();
    }
  }

  void add(SimulatedDriver driver) {
    lock.lock();
    try {
      drivers.add(driver);
      network.add(driver);
    } finally {
      lock.unlock();
    }
  }

  /** Something was done to a stack: whoever waits looks again. Called with the lock. */
  void changed() {
    if (!running) {
      turn.signalAll();
    }
  }

  boolean inCallback() {
    return Thread.currentThread() == callbackThread;
  }

  /** See {@link StackDriver#await}. */
  boolean await(Signal signal, long seen, long deadline) {
    if (inCallback()) {
      return signal.version() != seen;
    }
    Thread me = Thread.currentThread();
    Waiter waiter = new Waiter(signal, seen, deadline);
    lock.lock();
    boolean isKnown = known.contains(me);
    waiters.add(waiter);
    busy -= isKnown ? 1 : 0;
    try {
      turn.signalAll();
      release();
      while (!waiter.released) {
        if (busy > 0 || runner != null && runner != me) {
          turn.await();
        } else {
          runner = me;
          if (!advance()) {
            turn.await();
          }
        }
      }
    } catch (InterruptedException e) {
      me.interrupt();
    } finally {
      waiters.remove(waiter);
      // Release made us busy, lest time passes before we run; a known thread stays so.
      busy += isKnown && !waiter.released ? 1 : 0;
      busy -= !isKnown && waiter.released ? 1 : 0;
      runner = runner == me ? null : runner;
      turn.signalAll();
      lock.unlock();
    }
    return signal.version() != seen;
  }

  /** Releases those who have what they wait for. Returns whether there was one. */
  private boolean release() {
    boolean any = false;
    for (Waiter waiter : waiters) {
      if (!waiter.released && (waiter.isSatisfied() || waiter.deadline <= network.now())) {
        waiter.released = true;
        busy++;
        any = true;
      }
    }
    if (any) {
      turn.signalAll();
    }
    return any;
  }

  /**
   * Runs the network until somebody is released, a callback is to be made, or another thread wants
   * the lock. Returns false if nothing is left to happen: then only another thread can help.
   */
  private boolean advance() {
    if (makeCallbacks() || release()) {
      return true;
    }
    long limit = Long.MAX_VALUE;
    for (Waiter waiter : waiters) {
      limit = Math.min(limit, waiter.deadline);
    }
    boolean endless = limit == Long.MAX_VALUE;
    running = true;
    try {
      network.runUntil(
          () -> isSomethingToDo() || lock.hasQueuedThreads() || endless && network.isIdle(), limit);
    } finally {
      running = false;
    }
    boolean progress = release() || hasCallbacks();
    if (lock.hasQueuedThreads()) {
      // The lock is fair: whoever waits for it has it before we do.
      lock.unlock();
      lock.lock();
      progress = true;
    }
    return progress;
  }

  private boolean isSomethingToDo() {
    for (Waiter waiter : waiters) {
      if (waiter.isSatisfied()) {
        return true;
      }
    }
    return hasCallbacks();
  }

  private boolean hasCallbacks() {
    for (SimulatedDriver driver : drivers) {
      if (driver.hasCallbacks()) {
        return true;
      }
    }
    return false;
  }

  /** Calls the application, without the lock, while time stands still. */
  private boolean makeCallbacks() {
    if (!hasCallbacks()) {
      return false;
    }
    List<SimulatedDriver> all = List.copyOf(drivers);
    callbackThread = Thread.currentThread();
    busy++;
    lock.unlock();
    try {
      for (SimulatedDriver driver : all) {
        driver.runCallbacks();
      }
    } finally {
      lock.lock();
      busy--;
      callbackThread = null;
      turn.signalAll();
    }
    return true;
  }
}
