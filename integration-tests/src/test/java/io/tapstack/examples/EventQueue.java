package io.tapstack.examples;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** What Mbed's programs call {@code mbed_event_queue()}: one thread that runs events in order. */
final class EventQueue implements AutoCloseable {
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          body -> {
            Thread thread = new Thread(body, "event-queue");
            thread.setDaemon(true);
            return thread;
          });

  /** An event: running it has the handler run soon, by the queue's thread. */
  Runnable event(Runnable handler) {
    return () -> {
      try {
        executor.execute(handler);
      } catch (RejectedExecutionException e) {
        // A socket that is closed with the queue calls once more; nobody is there to listen.
      }
    };
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
