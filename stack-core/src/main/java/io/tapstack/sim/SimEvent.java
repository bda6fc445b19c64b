package io.tapstack.sim;

/** Something that happens at a time: a frame arrives, or the user's own action. */
abstract class SimEvent implements Comparable<SimEvent> {
  long time;

  /** Keeps events of one instant in the order in which they were planned. */
  long order;

  abstract void happen();

  @Override
  public final int compareTo(SimEvent other) {
    int byTime = Long.compare(time, other.time);
    return byTime != 0 ? byTime : Long.compare(order, other.order);
  }
}
