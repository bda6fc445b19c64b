package io.tapstack.ip;

import io.tapstack.base.SipHash;
import io.tapstack.base.StackTime;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the paths to destinations that carry less than the link does: RFC 1191 and RFC
 * 8201, which need the same of a host. Transports write it, after they have found that the "too
 * big" message was about a packet of theirs (RFC 5927 section 7).
 *
 * <p>At most {@link #CAPACITY} destinations are known. When one more comes, the one that was used
 * longest ago is forgotten, which costs it another "too big" and nothing else. An entry only
 * shrinks, and is forgotten after {@link #LIFETIME_NANOS}, when it is next asked for: then larger
 * packets are tried again (RFC 1191 section 6.3).
 *
 * <p>A destination may be known for one local port only. What somebody finds out by such a message
 * about a guessed port then changes nothing that he can see on the ports that he knows.
 *
 * <p>Thread: the owner of the stack. Looking up allocates nothing.
 */
public final class PathMtuCache {
  /** How many destinations are known at most. */
  public static final int CAPACITY = 1024;

  /** RFC 1191 section 6.3, RFC 8201 section 4: 10 minutes, and never less than 5. */
  public static final long LIFETIME_NANOS = 600_000_000_000L;

  private static final int BUCKETS = 1024;

  private final StackTime time;
  private final SipHash hash;
  private @Nullable Entry @Nullable [] buckets; // most hosts never need them
  private @Nullable Entry leastRecent;
  private @Nullable Entry mostRecent;
  private int size;
  private int version;
  private long lowered;
  private long evicted;
  private long expired;

  PathMtuCache(StackTime time, RandomGenerator random) {
    this.time = time;
    hash = SipHash.withRandomKey(random);
  }

  /**
   * The largest packet in bytes for a destination, at most {@code linkMtu}.
   *
   * @param localPort the port that it was learned for, or 0 if it holds for all
   */
  public int mtu(long high, long low, int localPort, int linkMtu) {
    if (size == 0) {
      return linkMtu;
    }
    Entry entry = find(high, low, localPort);
    if (entry == null) {
      return linkMtu;
    }
    if (time.now() - entry.learned >= LIFETIME_NANOS) {
      expired++;
      remove(entry);
      return linkMtu;
    }
    touch(entry);
    return Math.min(entry.mtu, linkMtu);
  }

  /**
   * Takes in that a path carries no more than this. More than is known already is not believed (RFC
   * 1191 section 3, RFC 8201 section 4); as much confirms it for another while.
   *
   * @return whether it is less than was known
   */
  public boolean lower(long high, long low, int localPort, int mtu) {
    Entry entry = find(high, low, localPort);
    if (entry != null && time.now() - entry.learned >= LIFETIME_NANOS) {
      expired++;
      remove(entry);
      entry = null;
    }
    if (entry == null) {
      add(high, low, localPort).mtu = mtu;
      lowered++;
      version++;
      return true;
    }
    touch(entry);
    if (mtu > entry.mtu) {
      return false;
    }
    entry.learned = time.now();
    boolean less = mtu < entry.mtu;
    if (less) {
      lowered++;
      version++;
    }
    entry.mtu = mtu;
    return less;
  }

  /** Forgets a destination: its path was found to carry more. */
  public void forget(long high, long low, int localPort) {
    Entry entry = find(high, low, localPort);
    if (entry != null) {
      remove(entry);
    }
  }

  /** How many destinations are known, those whose time is over included. */
  public int size() {
    return size;
  }

  /** How often a path was found to carry less than was known. */
  public long lowered() {
    return lowered;
  }

  /** Destinations forgotten to make room for others. */
  public long evicted() {
    return evicted;
  }

  /** Destinations forgotten because it was time to try larger packets. */
  public long expired() {
    return expired;
  }

  /** Another number after each change: whoever saw the same need not look again. */
  public int version() {
    return version;
  }

  // ---- the table: chains by a keyed hash, and one list by last use ----

  private int bucket(long high, long low, int localPort) {
    return (int) hash.hash(high, low, localPort, 0, 0) & BUCKETS - 1;
  }

  private @Nullable Entry find(long high, long low, int localPort) {
    if (buckets == null) {
      return null;
    }
    Entry entry = buckets[bucket(high, low, localPort)];
    while (entry != null
        && (entry.low != low || entry.high != high || entry.localPort != localPort)) {
      entry = entry.next;
    }
    return entry;
  }

  private Entry add(long high, long low, int localPort) {
    Entry entry = null;
    if (size == CAPACITY) {
      entry = leastRecent;
      if (entry != null) {
        evicted++;
        remove(entry);
      }
    }
    if (entry == null) {
      entry = new Entry();
    }
    entry.high = high;
    entry.low = low;
    entry.localPort = localPort;
    entry.learned = time.now();
    if (buckets == null) {
      buckets = new Entry[BUCKETS];
    }
    int bucket = bucket(high, low, localPort);
    entry.next = buckets[bucket];
    buckets[bucket] = entry;
    append(entry);
    size++;
    return entry;
  }

  private void remove(Entry entry) {
    @Nullable Entry[] chains = buckets;
    if (chains == null) {
      return;
    }
    int bucket = bucket(entry.high, entry.low, entry.localPort);
    Entry before = null;
    for (Entry at = chains[bucket]; at != entry && at != null; at = at.next) {
      before = at;
    }
    if (before == null) {
      chains[bucket] = entry.next;
    } else {
      before.next = entry.next;
    }
    entry.next = null;
    unlink(entry);
    size--;
    version++;
  }

  private void touch(Entry entry) {
    if (entry != mostRecent) {
      unlink(entry);
      append(entry);
    }
  }

  private void append(Entry entry) {
    entry.older = mostRecent;
    entry.newer = null;
    if (mostRecent == null) {
      leastRecent = entry;
    } else {
      mostRecent.newer = entry;
    }
    mostRecent = entry;
  }

  private void unlink(Entry entry) {
    Entry before = entry.older;
    Entry after = entry.newer;
    if (before == null) {
      leastRecent = after;
    } else {
      before.newer = after;
    }
    if (after == null) {
      mostRecent = before;
    } else {
      after.older = before;
    }
  }

  private static final class Entry {
    long high;
    long low;
    int localPort;
    int mtu;
    long learned;
    @Nullable Entry next;
    @Nullable Entry older;
    @Nullable Entry newer;
  }
}
