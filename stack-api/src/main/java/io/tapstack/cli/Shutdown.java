package io.tapstack.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Closes what a command has opened, once: when the command is done, or when the process is told to
 * stop (Ctrl-C, SIGTERM), so that no device stays behind.
 */
final class Shutdown implements AutoCloseable {
  private final List<AutoCloseable> resources;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread hook;
  private boolean closed;

  private Shutdown(List<AutoCloseable> resources) {
    this.resources = resources;
    this.hook = new Thread(this::stop, "tapstack-shutdown");
  }

  /** Takes over resources, to be closed in this order. */
  static Shutdown closing(AutoCloseable... resources) {
    Shutdown shutdown = new Shutdown(List.of(resources));
    Runtime.getRuntime().addShutdownHook(shutdown.hook);
    return shutdown;
  }

  /** Waits until the process is told to stop. */
  void await() throws InterruptedException {
    stopped.await();
  }

  private void stop() {
    stopped.countDown();
    closeOnce();
  }

  private void closeOnce() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    closeAll(resources);
  }

  /** Closes all; what fails to close is told on standard error and hinders no other. */
  static void closeAll(List<? extends AutoCloseable> resources) {
    Deque<AutoCloseable> left = new ArrayDeque<>(resources);
    while (!left.isEmpty()) {
      try {
        left.remove().close();
      } catch (Exception e) {
        System.err.println("tapstack: while stopping: " + e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    closeOnce();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is stopping already, and the hook runs or has run.
      stopped.countDown();
    }
  }
}
