package io.tapstack.runtime;

import java.util.function.LongSupplier;

/**
 * The clock of the real world for a stack: nanoseconds that only go up, beginning near zero so that
 * no sum of a deadline overflows.
 */
public final class MonotonicClock implements LongSupplier {
  private final long base = System.nanoTime();

  /** Starts a clock at zero. */
  public MonotonicClock() {}

  @Override
  public long getAsLong() {
    return System.nanoTime() - base;
  }
}
