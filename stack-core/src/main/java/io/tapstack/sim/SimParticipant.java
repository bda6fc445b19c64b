package io.tapstack.sim;

/** Something that lives on the virtual clock: a host, or whatever drives a stack in its place. */
public interface SimParticipant {
  /** Does what is to be done at this instant: reads frames that have arrived, fires timers. */
  void turn(long now);

  /**
   * When it wants its next turn if nothing arrives, in nanoseconds; any time that has passed if it
   * has something to do now; {@link Long#MAX_VALUE} if nothing.
   */
  long nextDeadline();
}
