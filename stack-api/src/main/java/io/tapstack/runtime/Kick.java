package io.tapstack.runtime;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Something small that the owner of a stack is to do soon, such as sending what a thread has put
 * into a socket's ring. Made once by its socket; while it waits to be done, kicking it again costs
 * nothing and changes nothing.
 *
 * @see StackDriver#kick
 */
public abstract class Kick {
  /** True from the kick until just before it is run, so a kick during the run counts. */
  final AtomicBoolean queued = new AtomicBoolean();

  /** Of the list that the owner takes; written before the list's head is published. */
  @Nullable Kick next;

  /** Creates a kick that nobody has kicked. */
  protected Kick() {}

  /** Does it. Called by the owner of the stack. */
  protected abstract void run();
}
