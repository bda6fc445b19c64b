package io.tapstack.drill;

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
}
