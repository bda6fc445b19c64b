package io.tapstack.sim;

/** Something that lives on the virtual clock: a host, or whatever drives a stack in its place. */
public interface SimParticipant {
  /**
   * It is later now. Comes before whatever happens at the new time, so that applications which call
   * into a stack from an event, a condition, or between two runs find its clock right.
   */
  default void advance(long now) {}

  /** Does what is to be done at this instant: reads frames that have arrived, fires timers. */
  void turn(long now);

  /**
   * When it wants its next turn if nothing arrives, in nanoseconds; any time that has passed if it
   * has something to do now; {@link Long#MAX_VALUE} if nothing.
   */
  long nextDeadline();
}
