package io.tapstack.tcp;

import io.tapstack.base.SipHash;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connections, and the records of those that are not yet or no longer, by 4-tuple: chained hashing
 * under a secret key, so that a peer cannot make chains long by its choice of ports, and doubling
 * when full, so that a lookup costs the same however many connections there are. Chains run through
 * the connections: a lookup allocates nothing.
 *
 * <p>Thread: the owner of the stack.
 */
final class ConnectionTable {
  private final SipHash hash;
  private @Nullable Flow[] buckets = new Flow[256];
  private int size;

  ConnectionTable(SipHash hash) {
    this.hash = hash;
  }

  int size() {
    return size;
  }

  @Nullable Flow find(
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    int code = hash(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
    Flow candidate = buckets[code & buckets.length - 1];
    while (candidate != null
        && (candidate.hashCode != code
            || candidate.remotePort != remotePort
            || candidate.localPort != localPort
            || candidate.remoteLow != remoteLow
            || candidate.localLow != localLow
            || candidate.remoteHigh != remoteHigh
            || candidate.localHigh != localHigh)) {
      candidate = candidate.nextInBucket;
    }
    return candidate;
  }

  void add(Flow c) {
    c.hashCode =
        hash(c.localHigh, c.localLow, c.localPort, c.remoteHigh, c.remoteLow, c.remotePort);
    if (size == buckets.length) {
      grow();
    }
    int index = c.hashCode & buckets.length - 1;
    c.nextInBucket = buckets[index];
    buckets[index] = c;
    size++;
  }

  void remove(Flow c) {
    int index = c.hashCode & buckets.length - 1;
    Flow before = null;
    Flow candidate = buckets[index];
    while (candidate != null && candidate != c) {
      before = candidate;
      candidate = candidate.nextInBucket;
    }
    if (candidate == null) {
      return;
    }
    if (before == null) {
      buckets[index] = c.nextInBucket;
    } else {
      before.nextInBucket = c.nextInBucket;
    }
    c.nextInBucket = null;
    size--;
  }

  void forEach(Consumer<Flow> action) {
    for (Flow head : buckets) {
      for (Flow c = head; c != null; ) {
        Flow next = c.nextInBucket;
        action.accept(c);
        c = next;
      }
    }
  }

  /** The length of the longest chain: how many steps a lookup takes at most. */
  int longestChain() {
    int longest = 0;
    for (Flow head : buckets) {
      int length = 0;
      for (Flow c = head; c != null; c = c.nextInBucket) {
        length++;
      }
      longest = Math.max(longest, length);
    }
    return longest;
  }

  private void grow() {
    Flow[] larger = new Flow[2 * buckets.length];
    for (Flow head : buckets) {
      for (Flow c = head; c != null; ) {
        Flow next = c.nextInBucket;
        int index = c.hashCode & larger.length - 1;
        c.nextInBucket = larger[index];
        larger[index] = c;
        c = next;
      }
    }
    buckets = larger;
  }

  int hash(
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    long ports = (long) localPort << 16 | remotePort;
    return (int) hash.hash(localHigh, localLow, remoteHigh, remoteLow, ports);
  }
}
