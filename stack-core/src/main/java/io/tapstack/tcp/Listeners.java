package io.tapstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * The listeners of a stack, by port. Of those that match the most specific address is meant; of
 * several on the same address and port (SO_REUSEPORT) the 4-tuple's hash picks one, always the same
 * as long as they stay the same.
 */
final class Listeners {
  private static final int BUCKETS = 64;

  private final @Nullable TcpListener[] buckets = new TcpListener[BUCKETS];

  void add(TcpListener listener) {
    int bucket = listener.binding.port() % BUCKETS;
    listener.nextInBucket = buckets[bucket];
    buckets[bucket] = listener;
  }

  void remove(TcpListener listener) {
    int bucket = listener.binding.port() % BUCKETS;
    TcpListener before = null;
    for (TcpListener l = buckets[bucket]; l != null; l = l.nextInBucket) {
      if (l == listener) {
        if (before == null) {
          buckets[bucket] = l.nextInBucket;
        } else {
          before.nextInBucket = l.nextInBucket;
        }
        return;
      }
      before = l;
    }
  }

  /**
   * Who listens on an address and port.
   *
   * @param hash the keyed hash of the 4-tuple
   */
  @Nullable TcpListener find(long localHigh, long localLow, int port, int hash) {
    TcpListener best = null;
    int rank = -1;
    int alike = 0;
    for (TcpListener l = buckets[port % BUCKETS]; l != null; l = l.nextInBucket) {
      if (l.binding.port() != port || !l.matches(localHigh, localLow)) {
        continue;
      }
      int own = rank(l);
      if (own > rank) {
        best = l;
        rank = own;
        alike = 1;
      } else if (own == rank && Integer.remainderUnsigned(hash, ++alike) == 0) {
        best = l;
      }
    }
    return best;
  }

  /** 0.0.0.0 is more specific than ::, which is any address of either family. */
  private static int rank(TcpListener l) {
    if (!l.binding.address().isAny()) {
      return 2;
    }
    return l.binding.address().isV4() ? 1 : 0;
  }
}
