package io.tapstack.runtime;

import org.jspecify.annotations.Nullable;

/** Whoever keeps something in a stack and must hear when its driver ends: a socket. */
public interface Resident {
  /**
   * The driver is about to end. Must wake whoever waits on this resident's signals.
   *
   * <p>Called by the owner of the stack. If {@code failure} is null the stack is sound and may be
   * told goodbye (connections aborted, ports given back); if not, it must not be touched any more.
   *
   * @param failure what broke the stack, or null if the driver was closed
   */
  void driverEnds(@Nullable Throwable failure);
}
