package io.tapstack.sim;

/**
 * What became of the frames that one direction of a cable was given. Nothing gets lost uncounted:
 * {@code offered + duplicated} is always {@code delivered + lost + queueDrops + cutDrops +
 * memoryDrops + inFlight}.
 */
public final class WireCounters {
  long offered;
  long offeredBytes;
  long delivered;
  long deliveredBytes;
  long lost;
  long queueDrops;
  long cutDrops;
  long memoryDrops;
  long duplicated;
  long corrupted;
  long reordered;
  long marked;
  long inFlight;

  WireCounters() {}

  /** Frames that the sender gave to the wire. */
  public long offered() {
    return offered;
  }

  /** Bytes of those frames. */
  public long offeredBytes() {
    return offeredBytes;
  }

  /** Frames that arrived, copies and corrupted ones included. */
  public long delivered() {
    return delivered;
  }

  /** Bytes of those frames. */
  public long deliveredBytes() {
    return deliveredBytes;
  }

  /** Frames lost by chance. */
  public long lost() {
    return lost;
  }

  /** Frames that found the queue full. */
  public long queueDrops() {
    return queueDrops;
  }

  /** Frames sent into a cut wire, or under way when it was cut. */
  public long cutDrops() {
    return cutDrops;
  }

  /** Frames that found no memory in the network. */
  public long memoryDrops() {
    return memoryDrops;
  }

  /** Frames of which a second copy was made. */
  public long duplicated() {
    return duplicated;
  }

  /** Frames of which a bit was flipped. */
  public long corrupted() {
    return corrupted;
  }

  /** Frames that were held back. */
  public long reordered() {
    return reordered;
  }

  /** Frames that the queue marked "congestion experienced". */
  public long marked() {
    return marked;
  }

  /** Frames under way now. */
  public long inFlight() {
    return inFlight;
  }

  @Override
  public String toString() {
    return offered
        + " frames offered, "
        + delivered
        + " delivered, "
        + lost
        + " lost, "
        + queueDrops
        + " dropped by the queue, "
        + cutDrops
        + " by the cut, "
        + memoryDrops
        + " for memory, "
        + duplicated
        + " duplicated, "
        + corrupted
        + " corrupted, "
        + reordered
        + " held back, "
        + marked
        + " marked, "
        + inFlight
        + " in flight";
  }
}
