package io.tapstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * The half-open connections of a listener, oldest first. Their number is bounded (RFC 4987 section
 * 3): who comes when it is full gets a SYN cookie, or no answer.
 */
final class SynQueue {
  private final int limit;
  private @Nullable HalfOpen oldest;
  private @Nullable HalfOpen newest;
  private int size;

  SynQueue(int limit) {
    this.limit = limit;
  }

  int size() {
    return size;
  }

  boolean isFull() {
    return size >= limit;
  }

  /** Whether so many wait that one that does not answer is worth less patience. */
  boolean isCrowded() {
    return size > limit / 2;
  }

  @Nullable HalfOpen oldest() {
    return oldest;
  }

  void add(HalfOpen h) {
    HalfOpen last = newest;
    h.older = last;
    if (last == null) {
      oldest = h;
    } else {
      last.newer = h;
    }
    newest = h;
    size++;
  }

  void remove(HalfOpen h) {
    HalfOpen older = h.older;
    HalfOpen newer = h.newer;
    if (older == null) {
      oldest = newer;
    } else {
      older.newer = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.older = older;
    }
    h.older = null;
    h.newer = null;
    size--;
  }
}
