package io.tapstack.runtime;

import org.jspecify.annotations.Nullable;

/** A thread that virtual time waits for, made by {@link SimulatedTime#start}. */
public final class SimulatedThread {
  private final Thread thread;
  private final Signal ended = new Signal();
  private volatile boolean hasEnded;
  private volatile @Nullable Throwable failure;

  SimulatedThread(SimulatedTime time, String name, Runnable body) {
    thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (RuntimeException | Error e) {
                failure = e; // join tells it
              } finally {
                hasEnded = true;
                time.ended(this);
              }
            },
            name);
    thread.setDaemon(true);
  }

  /** The thread. */
  public Thread thread() {
    return thread;
  }

  /** Whether its body has returned or thrown. */
  public boolean hasEnded() {
    return hasEnded;
  }

  /** What its body threw, or null. */
  public @Nullable Throwable failure() {
    return failure;
  }

  Signal ended() {
    return ended;
  }
}
