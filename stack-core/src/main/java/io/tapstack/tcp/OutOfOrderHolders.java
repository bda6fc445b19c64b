package io.tapstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * The out-of-order stores that hold packets, by the power of two of how many: so that the largest
 * of any number of connections is found at once, exact to a factor of two. The lists run through
 * the stores.
 *
 * <p>Thread: the owner of the stack.
 */
final class OutOfOrderHolders {
  private static final int CLASSES = 32;

  private final @Nullable OutOfOrderStore[] first = new OutOfOrderStore[CLASSES];
  private int occupied;
  private int packets;

  /** How many packets all stores hold. */
  int packets() {
    return packets;
  }

  /** A store that holds at least half as many packets as any other, or null if none holds any. */
  @Nullable OutOfOrderStore largest() {
    return occupied == 0 ? null : first[CLASSES - 1 - Integer.numberOfLeadingZeros(occupied)];
  }

  /** A store holds more or fewer packets than before. */
  void changed(OutOfOrderStore store, int before, int now) {
    packets += now - before;
    int from = sizeClass(before);
    int to = sizeClass(now);
    if (from == to) {
      return;
    }
    if (from > 0) {
      remove(store, from);
    }
    if (to > 0) {
      add(store, to);
    }
  }

  /** 0 for an empty store, which is in no list. */
  private static int sizeClass(int packets) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(packets);
  }

  private void add(OutOfOrderStore store, int sizeClass) {
    OutOfOrderStore second = first[sizeClass];
    store.nextHolder = second;
    store.previousHolder = null;
    if (second != null) {
      second.previousHolder = store;
    }
    first[sizeClass] = store;
    occupied |= 1 << sizeClass;
  }

  private void remove(OutOfOrderStore store, int sizeClass) {
    OutOfOrderStore next = store.nextHolder;
    OutOfOrderStore previous = store.previousHolder;
    if (next != null) {
      next.previousHolder = previous;
    }
    if (previous != null) {
      previous.nextHolder = next;
    } else {
      first[sizeClass] = next;
      if (next == null) {
        occupied &= ~(1 << sizeClass);
      }
    }
    store.nextHolder = null;
    store.previousHolder = null;
  }
}
