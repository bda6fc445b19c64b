package io.tapstack.runtime;

import io.tapstack.stack.NetworkStack;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one hand-over point between threads and a stack: a fair lock, so that a busy loop cannot
 * starve a caller, and the list of kicks that the present owner has taken over from threads that
 * would not wait for the lock.
 */
final class Ownership {
  /** What a driver does at the end of every turn, as the owner; see {@link #exit}. */
  interface TurnEnd {
    void turnEnds();
  }

  private final NetworkStack stack;
  private final LongSupplier clock;
  private final TurnEnd turnEnd;
  private final Consumer<Throwable> handler;
  private final ReentrantLock lock;
  private final AtomicReference<@Nullable Kick> kicks = new AtomicReference<>();

  /** Guarded by {@link #lock}. */
  private final Set<Resident> residents = new LinkedHashSet<>();

  /** Guarded by {@link #callbackLock}, which is held only to add and take. */
  private final ArrayDeque<Callback> callbacks = new ArrayDeque<>();

  private final ReentrantLock callbackLock = new ReentrantLock();

  /** What the handler has still to hear of. */
  private final ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();

  /** Written by the owner. */
  private volatile StackDriver.State state = StackDriver.State.OPEN;

  private volatile @Nullable Throwable failure;

  /** How often the owner has entered; guarded by {@link #lock}. */
  private int depth;

  /**
   * @param lock a fair one; stacks of one simulation share it, and then one thread may own several
   */
  Ownership(
      ReentrantLock lock,
      NetworkStack stack,
      LongSupplier clock,
      TurnEnd turnEnd,
      Consumer<Throwable> handler) {
    this.lock = lock;
    this.stack = stack;
    this.clock = clock;
    this.turnEnd = turnEnd;
    this.handler = handler;
  }

  StackDriver.State state() {
    return state;
  }

  @Nullable Throwable failure() {
    return failure;
  }

  boolean enter() {
    lock.lock();
    if (state != StackDriver.State.OPEN) {
      lock.unlock();
      return false;
    }
    if (depth++ == 0) {
      stack.advance(clock.getAsLong());
    }
    return true;
  }

  void exit() {
    if (depth > 1) {
      depth--;
      lock.unlock();
      return;
    }
    try {
      endTurn();
    } finally {
      depth = 0;
      lock.unlock();
    }
    runLateKicks();
    reportProblems();
  }

  void kick(Kick kick) {
    if (!kick.queued.compareAndSet(false, true)) {
      return;
    }
    @Nullable Kick head;
    do {
      head = kicks.get();
      kick.next = head;
    } while (!kicks.compareAndSet(head, kick));
    boolean owned = lock.isHeldByCurrentThread() && depth > 0;
    if (!owned) {
      runLateKicks();
      reportProblems();
    }
  }

  /**
   * A kick that came while somebody held the lock counts on the holder: it found the lock taken, so
   * whoever lets go looks again afterwards.
   */
  private void runLateKicks() {
    while (kicks.get() != null && lock.tryLock()) {
      depth++;
      try {
        if (state == StackDriver.State.OPEN) {
          stack.advance(clock.getAsLong());
          endTurn();
        } else {
          kicks.set(null);
        }
      } finally {
        depth--;
        lock.unlock();
      }
    }
  }

  /** Does what was kicked and what the driver does at the end of a turn. */
  private void endTurn() {
    if (state != StackDriver.State.OPEN) {
      return;
    }
    try {
      runKicks();
      turnEnd.turnEnds();
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void runKicks() {
    @Nullable Kick kick = kicks.getAndSet(null);
    while (kick != null) {
      Kick next = kick.next;
      kick.next = null;
      kick.queued.set(false);
      kick.run();
      kick = next;
    }
  }

  void register(Resident resident) {
    residents.add(resident);
  }

  void unregister(Resident resident) {
    residents.remove(resident);
  }

  void post(Callback callback) {
    if (callback.queued.compareAndSet(false, true)) {
      callbackLock.lock();
      try {
        callbacks.add(callback);
      } finally {
        callbackLock.unlock();
      }
    }
  }

  boolean hasCallbacks() {
    callbackLock.lock();
    try {
      return !callbacks.isEmpty();
    } finally {
      callbackLock.unlock();
    }
  }

  /**
   * Makes the calls into the application that wait. What one throws goes to the handler and harms
   * neither the stack nor the others. Called without owning the stack.
   */
  void runCallbacks() {
    Callback callback;
    while ((callback = nextCallback()) != null) {
      callback.queued.set(false);
      try {
        callback.run();
      } catch (RuntimeException | Error e) {
        handler.accept(e);
      }
    }
  }

  private @Nullable Callback nextCallback() {
    callbackLock.lock();
    try {
      return callbacks.poll();
    } finally {
      callbackLock.unlock();
    }
  }

  /**
   * The stack threw: it is not to be trusted any more. Everyone who waits is told; the handler is,
   * once the lock is free.
   */
  void fail(Throwable cause) {
    lock.lock();
    try {
      problems.add(cause);
      if (state == StackDriver.State.OPEN) {
        failure = cause;
        end(StackDriver.State.FAILED);
      }
    } finally {
      lock.unlock();
    }
    reportProblems();
  }

  /**
   * Ends the ownership in good order.
   *
   * @return false if it had ended before
   */
  boolean close() {
    lock.lock();
    try {
      if (state != StackDriver.State.OPEN) {
        return false;
      }
      stack.advance(clock.getAsLong());
      end(StackDriver.State.CLOSED);
      return true;
    } finally {
      lock.unlock();
      reportProblems();
    }
  }

  private void end(StackDriver.State to) {
    for (Resident resident : List.copyOf(residents)) {
      try {
        resident.driverEnds(failure);
      } catch (RuntimeException | Error e) {
        problems.add(e);
      }
    }
    residents.clear();
    state = to;
  }

  /** Tells the handler, which is the application's, unless this thread holds the lock. */
  private void reportProblems() {
    Throwable problem;
    while (!lock.isHeldByCurrentThread() && (problem = problems.poll()) != null) {
      handler.accept(problem);
    }
  }
}
