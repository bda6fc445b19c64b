package io.tapstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * The connections in TIME-WAIT, oldest first, so that their number can be bounded by ending the one
 * that has waited longest. The list runs through the connections.
 */
final class TimeWaitQueue {
  private @Nullable TcpConnection oldest;
  private @Nullable TcpConnection newest;
  private int size;

  int size() {
    return size;
  }

  @Nullable TcpConnection oldest() {
    return oldest;
  }

  void add(TcpConnection c) {
    TcpConnection last = newest;
    c.olderTimeWait = last;
    c.newerTimeWait = null;
    if (last == null) {
      oldest = c;
    } else {
      last.newerTimeWait = c;
    }
    newest = c;
    size++;
  }

  void remove(TcpConnection c) {
    TcpConnection older = c.olderTimeWait;
    TcpConnection newer = c.newerTimeWait;
    if (older == null) {
      oldest = newer;
    } else {
      older.newerTimeWait = newer;
    }
    if (newer == null) {
      newest = older;
    } else {
      newer.olderTimeWait = older;
    }
    c.olderTimeWait = null;
    c.newerTimeWait = null;
    size--;
  }
}
