package io.tapstack.base;

/**
 * The time of the current turn of one stack, in nanoseconds of the monotonic clock that drives it.
 * The stack sets it when a turn begins; everything inside reads it, so all of a turn happens at one
 * instant and no layer needs a clock.
 *
 * <p>Thread: the owner of the stack.
 */
public final class StackTime {
  private long now;

  /**
   * Creates the time.
   *
   * @param now the first instant, in nanoseconds
   */
  public StackTime(long now) {
    this.now = now;
  }

  /** The time of this turn, in nanoseconds. */
  public long now() {
    return now;
  }

  /** Begins a turn. Time never runs backwards: an earlier instant is ignored. */
  public void advance(long to) {
    if (to > now) {
      now = to;
    }
  }
}
