package io.tapstack.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Runs simulations on all processors. Each is a world of its own, so their order is no matter. */
final class Parallel {
  /** Each run takes some 100 MB. */
  private static final int MOST = 8;

  private Parallel() {}

  /**
   * Runs all, and returns what they return in the order in which they were given.
   *
   * @param progress hears after each how many are done
   */
  static <T> List<T> run(List<Callable<T>> tasks, IntConsumer progress) {
    int threads = Math.min(MOST, Runtime.getRuntime().availableProcessors());
    ExecutorService executor =
        Executors.newFixedThreadPool(
            threads,
            work -> {
              Thread thread = new Thread(work, "simulation");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<T>> futures = new ArrayList<>();
      tasks.forEach(task -> futures.add(executor.submit(task)));
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
        progress.accept(results.size());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a simulation failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while simulations run", e);
    } finally {
      executor.shutdownNow();
    }
  }
}
