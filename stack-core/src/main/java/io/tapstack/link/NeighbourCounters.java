package io.tapstack.link;

/**
 * What happened in a {@link NeighbourCache}. Written by the owner of the stack; another thread's
 * reading may be a little old.
 */
public final class NeighbourCounters {
  long solicitations;
  long failed;
  long lost;
  long evicted;
  long refused;
  long waitingDropped;
  long changesRefused;

  NeighbourCounters() {}

  /** Questions sent: ARP requests and Neighbour Solicitations. */
  public long solicitations() {
    return solicitations;
  }

  /** Neighbours that never answered. */
  public long failed() {
    return failed;
  }

  /** Neighbours that were known and stopped answering. */
  public long lost() {
    return lost;
  }

  /** Entries that made room for others. */
  public long evicted() {
    return evicted;
  }

  /** Packets refused because too many neighbours are unresolved. */
  public long refused() {
    return refused;
  }

  /** Packets dropped while they waited, or that could not wait. */
  public long waitingDropped() {
    return waitingDropped;
  }

  /** MAC addresses not believed because the last one was too new. */
  public long changesRefused() {
    return changesRefused;
  }
}
