package io.tapstack.tcp;

import io.tapstack.link.Packet;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Runs of contiguous bytes by the sequence number of their first byte, disjoint and apart from each
 * other: an AA tree (Andersson, "Balanced search trees made simple", 1993) over indices in
 * primitive arrays. Finding, adding and removing a run cost a logarithm of their number, whatever a
 * peer sends; nothing is allocated but the arrays, when they grow.
 *
 * <p>A run is known by its index. Its fields may be changed in place as long as the runs stay
 * disjoint and in order.
 */
final class RunTree {
  /** No run. */
  static final int NONE = 0;

  private static final int FIRST_SIZE = 8;

  /** What an empty tree keeps for the next time. */
  private static final int KEEP = 32;

  private static final int[] NOTHING = new int[0];
  private static final @Nullable Packet[] NO_PACKETS = new Packet[0];

  /** The sequence number of the run's first byte, and one past its last. */
  int[] from = NOTHING;

  int[] to = NOTHING;

  /** How many packets hold the run, chained from head to tail. */
  int[] packets = NOTHING;

  @Nullable Packet[] head = NO_PACKETS;
  @Nullable Packet[] tail = NO_PACKETS;

  private int[] left = NOTHING;
  private int[] right = NOTHING;
  private int[] level = NOTHING;
  private int root;
  private int size;

  /** Free indices are chained through {@link #left}; beyond {@link #used} all are free. */
  private int free;

  private int used = 1;

  /** How many runs there are. */
  int size() {
    return size;
  }

  // ---- finding ----

  /** The run that begins last of those at or before a number. */
  int floor(int sequence) {
    int found = NONE;
    for (int node = root; node != NONE; ) {
      if (Seq.leq(from[node], sequence)) {
        found = node;
        node = right[node];
      } else {
        node = left[node];
      }
    }
    return found;
  }

  /** The run that begins first of those after a number. */
  int higher(int sequence) {
    int found = NONE;
    for (int node = root; node != NONE; ) {
      if (Seq.gt(from[node], sequence)) {
        found = node;
        node = left[node];
      } else {
        node = right[node];
      }
    }
    return found;
  }

  int first() {
    int node = root;
    while (node != NONE && left[node] != NONE) {
      node = left[node];
    }
    return node;
  }

  int last() {
    int node = root;
    while (node != NONE && right[node] != NONE) {
      node = right[node];
    }
    return node;
  }

  /** How many runs a search looks at in the worst case. */
  int depth() {
    return depth(root);
  }

  private int depth(int node) {
    return node == NONE ? 0 : 1 + Math.max(depth(left[node]), depth(right[node]));
  }

  // ---- changing ----

  /** Adds a run that is held by one packet, from its {@link Packet#sequence} on. */
  int add(Packet packet) {
    int node = allocate();
    from[node] = packet.sequence;
    to[node] = packet.sequence + packet.length();
    packets[node] = 1;
    head[node] = packet;
    tail[node] = packet;
    left[node] = NONE;
    right[node] = NONE;
    level[node] = 1;
    root = add(root, node);
    size++;
    return node;
  }

  private int add(int at, int node) {
    if (at == NONE) {
      return node;
    }
    if (Seq.lt(from[node], from[at])) {
      left[at] = add(left[at], node);
    } else {
      right[at] = add(right[at], node);
    }
    return split(skew(at));
  }

  /** Forgets a run; its packets are the caller's. */
  void remove(int node) {
    root = remove(root, from[node]);
    head[node] = null;
    tail[node] = null;
    size--;
    if (size > 0) {
      left[node] = free;
      free = node;
    } else if (from.length > KEEP) {
      allocateArrays(0);
      reset();
    } else {
      reset();
    }
  }

  private void reset() {
    free = NONE;
    used = 1;
  }

  private int remove(int at, int sequence) {
    if (sequence == from[at]) {
      if (left[at] == NONE && right[at] == NONE) {
        return NONE;
      }
      // A neighbour in the order takes its place.
      int heir = left[at] == NONE ? right[at] : left[at];
      if (left[at] == NONE) {
        while (left[heir] != NONE) {
          heir = left[heir];
        }
        right[heir] = remove(right[at], from[heir]);
        left[heir] = NONE;
      } else {
        while (right[heir] != NONE) {
          heir = right[heir];
        }
        left[heir] = remove(left[at], from[heir]);
        right[heir] = right[at];
      }
      level[heir] = level[at];
      return balance(heir);
    }
    if (Seq.lt(sequence, from[at])) {
      left[at] = remove(left[at], sequence);
    } else {
      right[at] = remove(right[at], sequence);
    }
    return balance(at);
  }

  private int balance(int at) {
    int most = Math.min(level[left[at]], level[right[at]]) + 1;
    if (most < level[at]) {
      level[at] = most;
      level[right[at]] = Math.min(level[right[at]], most);
    }
    int top = skew(at);
    right[top] = skew(right[top]);
    right[right[top]] = skew(right[right[top]]);
    top = split(top);
    right[top] = split(right[top]);
    right[NONE] = NONE;
    return top;
  }

  /** No left child of its parent's level: rotates right. */
  private int skew(int at) {
    int child = left[at];
    if (at == NONE || level[child] != level[at]) {
      return at;
    }
    left[at] = right[child];
    right[child] = at;
    return child;
  }

  /** No two right children of one level in a row: rotates left and lifts the middle one. */
  private int split(int at) {
    int child = right[at];
    if (at == NONE || level[right[child]] != level[at]) {
      return at;
    }
    right[at] = left[child];
    left[child] = at;
    level[child]++;
    return child;
  }

  // ---- indices ----

  private int allocate() {
    if (free != NONE) {
      int node = free;
      free = left[node];
      return node;
    }
    if (used >= from.length) {
      allocateArrays(Math.max(FIRST_SIZE, 2 * from.length));
    }
    return used++;
  }

  private void allocateArrays(int length) {
    from = Arrays.copyOf(from, length);
    to = Arrays.copyOf(to, length);
    packets = Arrays.copyOf(packets, length);
    head = Arrays.copyOf(head, length);
    tail = Arrays.copyOf(tail, length);
    left = Arrays.copyOf(left, length);
    right = Arrays.copyOf(right, length);
    level = Arrays.copyOf(level, length);
  }
}
