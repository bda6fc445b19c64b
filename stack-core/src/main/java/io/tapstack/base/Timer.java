package io.tapstack.base;

import org.jspecify.annotations.Nullable;

/**
 * One entry of a {@link TimerWheel}: made once by its owner, scheduled any number of times without
 * allocating. A subclass says what happens when it is due.
 *
 * <p>Thread: the owner of the wheel.
 */
public abstract class Timer {
  /** Links within a slot of the wheel; {@code slot} is -1 while not scheduled. */
  @Nullable Timer next;

  @Nullable Timer previous;

  int slot = -1;
  long deadline;

  /** Creates a timer that is not scheduled. */
  protected Timer() {}

  /** Whether the timer waits in a wheel. */
  public final boolean isScheduled() {
    return slot >= 0;
  }

  /** When it is due, in nanoseconds; only meaningful while {@link #isScheduled()}. */
  public final long deadline() {
    return deadline;
  }

  /**
   * Called once, by {@link TimerWheel#advance}, at or after the deadline. The timer is no longer
   * scheduled and may schedule itself again, for later than now.
   *
   * @param now the time of this turn, in nanoseconds
   */
  protected abstract void fire(long now);
}
