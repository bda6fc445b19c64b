package io.tapstack.runtime;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A call into the application that a driver makes without holding any lock. While it waits to be
 * made, asking for it again changes nothing.
 *
 * @see StackDriver#post
 */
public abstract class Callback {
  final AtomicBoolean queued = new AtomicBoolean();

  /** Creates a callback that nobody has asked for. */
  protected Callback() {}

  /** Calls the application. */
  protected abstract void run();
}
