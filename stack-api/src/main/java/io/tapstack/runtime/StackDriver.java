package io.tapstack.runtime;

import io.tapstack.ip.IpInterface;
import io.tapstack.link.Link;
import io.tapstack.stack.NetworkStack;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How application threads meet a stack, which has one owner at a time and reads no clock. A driver
 * decides who the owner is, what time it is, and what waiting means: {@link StackLoop} parks the
 * thread and lets the device bring frames, {@link SimulatedDriver} runs the simulation until there
 * is nothing left to wait for.
 *
 * <p>Thread: any, except where a method says otherwise.
 */
public interface StackDriver extends AutoCloseable {
  /** How a driver is. */
  enum State {
    /** It drives its stack, or can be started to. */
    OPEN,
    /** It was closed. */
    CLOSED,
    /** The stack threw: {@link StackDriver#failure()} says what. Nothing touches it any more. */
    FAILED
  }

  /** The stack. Only its owner may touch it, that is between {@link #enter} and {@link #exit}. */
  NetworkStack stack();

  /**
   * Attaches a link to the stack, and from now on sees to it that what the link receives is
   * handled. The driver closes the link in the end.
   *
   * @throws IOException if the system refuses to wait for the device
   * @throws IllegalStateException if the driver has ended
   */
  IpInterface attach(Link link) throws IOException;

  /** The time of this driver's clock, in nanoseconds. */
  long now();

  /**
   * Becomes the owner of the stack, after whoever is it now, and sets the stack's time. May be
   * nested. Never wait, call the application or do input and output while owning a stack.
   *
   * @return false if the driver has ended: the caller is not the owner and must not {@link #exit}
   */
  boolean enter();

  /** Lets go of the stack, after what others kicked meanwhile has been done. */
  void exit();

  /**
   * Does something as the owner of the stack.
   *
   * @throws IllegalStateException if the driver has ended
   */
  default void run(Runnable action) {
    enterOrThrow();
    try {
      action.run();
    } finally {
      exit();
    }
  }

  /**
   * Asks something as the owner of the stack.
   *
   * @throws IllegalStateException if the driver has ended
   */
  default <T extends @Nullable Object> T call(Supplier<T> question) {
    enterOrThrow();
    try {
      return question.get();
    } finally {
      exit();
    }
  }

  private void enterOrThrow() {
    if (!enter()) {
      throw new IllegalStateException(
          "the stack's driver is " + state() + "; expected it to be open", failure());
    }
  }

  /**
   * Has something done by the owner soon: at once, in place, if nobody owns the stack; otherwise by
   * the present owner before it lets go. Never blocks. Does nothing once the driver has ended.
   */
  void kick(Kick kick);

  /**
   * Has the application called soon, by a thread that holds no lock. Called by the owner of the
   * stack.
   */
  void post(Callback callback);

  /**
   * Waits until a signal is raised. Called without owning the stack. A call from within a {@link
   * Callback} does not wait, for that would stop the stack itself. An interrupt ends the wait; the
   * thread stays interrupted.
   *
   * @param seen the signal's {@link Signal#version()} before the caller tried what it waits for
   * @param deadline when to give up, of {@link #now()}; {@link Long#MAX_VALUE} for never
   * @return whether the signal has been raised since {@code seen}
   */
  boolean await(Signal signal, long seen, long deadline);

  /** Whether the calling thread is making a {@link Callback}, so that {@link #await} won't wait. */
  boolean inCallback();

  /** Has {@code resident} told when the driver ends. Called by the owner of the stack. */
  void register(Resident resident);

  /** Takes back {@link #register}. Called by the owner of the stack. */
  void unregister(Resident resident);

  /** How the driver is. */
  State state();

  /** What broke the stack if the state is {@link State#FAILED}, else null. */
  @Nullable Throwable failure();

  /** Ends the driver: residents are told, threads joined, links closed. Safe to call twice. */
  @Override
  void close();
}
