package io.tapstack.runtime;

/** The one place where a loop waits: for a device, for a caller, or for time to pass. */
interface LoopWaiter extends AutoCloseable {
  /**
   * Waits until {@link #wakeup()}, a readable device, or the end of the time.
   *
   * @param nanos at most this long; {@link Long#MAX_VALUE} for as long as it takes
   */
  void await(long nanos);

  /** Ends the present or the next {@link #await}. Called from any thread. */
  void wakeup();

  @Override
  void close();
}
