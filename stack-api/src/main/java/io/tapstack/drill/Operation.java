package io.tapstack.drill;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A socket call that has begun; a blocking one is tried again after each turn of the stack. */
@FunctionalInterface
interface Operation {
  /** What came of it, or null as long as it blocks. */
  @Nullable Outcome attempt();

  /** When it must be tried again even if the stack does nothing, since the script began. */
  default long deadline() {
    return Long.MAX_VALUE;
  }

  /**
   * An operation that gives up after a while.
   *
   * @param nanos how long it waits; {@link Long#MAX_VALUE} is for ever
   * @param late what comes of it then
   */
  static Operation within(
      Bench bench, long nanos, Supplier<@Nullable Outcome> attempt, Outcome late) {
    long deadline = nanos > Long.MAX_VALUE - bench.now() ? Long.MAX_VALUE : bench.now() + nanos;
    return new Operation() {
      @Override
      public @Nullable Outcome attempt() {
        Outcome outcome = attempt.get();
        return outcome == null && bench.now() >= deadline ? late : outcome;
      }

      @Override
      public long deadline() {
        return deadline;
      }
    };
  }
}
