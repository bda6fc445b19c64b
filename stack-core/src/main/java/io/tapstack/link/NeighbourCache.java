package io.tapstack.link;

import io.tapstack.base.SipHash;
import io.tapstack.base.StackTime;
import io.tapstack.base.TimerWheel;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Mac;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours of one interface and their MAC addresses: the neighbour-unreachability machine of
 * RFC 4861 section 7.3, which ARP and Neighbour Discovery share. Keys are addresses in two {@code
 * long}s, IPv4 mapped.
 *
 * <p>What is limited, and what happens at the limit (RFC 6583 section 6): there are at most {@code
 * capacity} entries, and the least valuable one makes room; at most a quarter of them may be
 * unresolved, and nobody else is asked for until one of those is done; {@link #MAX_WAITING} packets
 * wait per unresolved neighbour, and the newest replaces the oldest; {@link #MAX_WAITING_TOTAL}
 * wait in all, and further ones are refused.
 *
 * <p>Thread: the owner of the stack.
 */
public final class NeighbourCache {
  /** What {@link #lookup} says if the MAC address is not known. */
  public static final long UNRESOLVED = -1;

  /** REACHABLE_TIME, RFC 4861 section 10; multiplied by 0.5 to 1.5 (section 6.3.2). */
  public static final long REACHABLE_NANOS = 30_000_000_000L;

  /** RETRANS_TIMER, RFC 4861 section 10; RFC 1122 section 2.3.2.1: at most one ARP per second. */
  public static final long RETRANSMIT_NANOS = 1_000_000_000L;

  /** DELAY_FIRST_PROBE_TIME, RFC 4861 section 10. */
  public static final long DELAY_NANOS = 5_000_000_000L;

  /** MAX_MULTICAST_SOLICIT and MAX_UNICAST_SOLICIT, RFC 4861 section 10. */
  public static final int MAX_SOLICITATIONS = 3;

  /**
   * Nobody who was not asked changes a MAC address more often than this: the second of two stations
   * that fight for an address, or of a spoofer and its victim, is not believed.
   */
  public static final long CHANGE_NANOS = 1_000_000_000L;

  /** How many neighbours an interface knows unless it is told otherwise. */
  public static final int DEFAULT_CAPACITY = 512;

  /**
   * Packets that wait for one neighbour: the 45 fragments of the largest datagram over an MTU of
   * 1500, or the first of them would have been sent in vain.
   */
  public static final int MAX_WAITING = 48;

  /** Packets that wait for all neighbours together; of a small pool at most a quarter. */
  public static final int MAX_WAITING_TOTAL = 256;

  private final StackTime time;
  private final TimerWheel timers;
  private final PacketPool pool;
  private final RandomGenerator random;
  private final NeighbourEvents events;
  private final SipHash hash;
  private final @Nullable Neighbour[] buckets;
  private final Neighbour[] entries;
  private int size;
  private int made;
  private int incomplete;
  private int waiting;
  private final int maxWaiting;
  private @Nullable Neighbour last;
  private final NeighbourCounters counters = new NeighbourCounters();

  /**
   * Creates an empty cache.
   *
   * @param capacity the most entries there may be, at least 4
   */
  public NeighbourCache(
      StackTime time,
      TimerWheel timers,
      PacketPool pool,
      RandomGenerator random,
      NeighbourEvents events,
      int capacity) {
    if (capacity < 4) {
      throw new IllegalArgumentException(
          "a neighbour cache of " + capacity + " entries is too small; expected at least 4");
    }
    this.time = time;
    this.timers = timers;
    this.pool = pool;
    this.random = random;
    this.events = events;
    hash = SipHash.withRandomKey(random);
    maxWaiting = Math.min(MAX_WAITING_TOTAL, Math.max(MAX_WAITING, pool.capacity() / 4));
    buckets = new Neighbour[Integer.highestOneBit(capacity) * 2];
    entries = new Neighbour[capacity];
  }

  // ---- sending ----

  /**
   * The MAC address to send to now, or {@link #UNRESOLVED}. Using an entry that is not known to be
   * reachable starts its verification.
   */
  public long lookup(long high, long low) {
    Neighbour entry = last;
    if (entry == null || !entry.is(high, low)) {
      entry = find(high, low);
      if (entry == null) {
        return UNRESOLVED;
      }
      last = entry;
    }
    return use(entry);
  }

  /**
   * Keeps a copy of a packet until its next hop is resolved, and asks for the next hop if nobody
   * has yet. Called after {@link #lookup} said {@link #UNRESOLVED}.
   *
   * @param packet {@code start} is at the network header; stays the caller's
   * @return false if a limit forbids it; counted
   */
  public boolean await(long high, long low, Packet packet) {
    Neighbour entry = find(high, low);
    boolean fresh = entry == null;
    if (entry == null) {
      if (incomplete >= entries.length / 4) {
        counters.refused++;
        return false;
      }
      entry = create(high, low, NeighbourState.INCOMPLETE);
      incomplete++;
    }
    boolean kept = keep(entry, packet);
    if (fresh) {
      solicit(entry, time.now());
    }
    return kept;
  }

  private boolean keep(Neighbour entry, Packet packet) {
    if (entry.waiting == MAX_WAITING) {
      drop(entry.takeOldest()); // RFC 4861 section 7.2.2: the new one replaces the oldest
    }
    int length = packet.totalLength();
    Packet copy =
        waiting < maxWaiting && Packet.HEADROOM + length <= pool.cellSize() ? pool.acquire() : null;
    if (copy == null) {
      counters.waitingDropped++;
      return false;
    }
    packet.copyTo(copy.buffer, copy.start);
    copy.end = copy.start + length;
    if (packet.checksumStart >= 0) {
      copy.checksumStart = packet.checksumStart - packet.start + copy.start;
    }
    copy.checksumOffset = packet.checksumOffset;
    copy.segmentSize = packet.segmentSize;
    entry.append(copy);
    waiting++;
    return true;
  }

  private long use(Neighbour entry) {
    if (entry.state == NeighbourState.INCOMPLETE) {
      return UNRESOLVED;
    }
    long now = time.now();
    entry.usedAt = now;
    if (entry.state == NeighbourState.REACHABLE && now - entry.reachableUntil >= 0) {
      entry.state = NeighbourState.STALE;
    }
    if (entry.state == NeighbourState.STALE) {
      entry.state = NeighbourState.DELAY;
      timers.schedule(entry, now + DELAY_NANOS);
    }
    return entry.mac;
  }

  // ---- what neighbours say ----

  /**
   * Somebody asked for one of our addresses and said its own: RFC 4861 section 7.2.3, RFC 826.
   * Makes an entry if there is none.
   *
   * @param mac a unicast address
   */
  public void learned(long high, long low, long mac) {
    Neighbour entry = find(high, low);
    if (entry == null) {
      entry = create(high, low, NeighbourState.STALE);
      entry.mac = mac;
    } else if (entry.mac != mac) {
      replace(entry, mac);
    }
  }

  /**
   * Somebody announced its own address unasked: a gratuitous ARP, an ARP between others. Never
   * makes an entry.
   *
   * @param mac a unicast address
   */
  public void announced(long high, long low, long mac) {
    Neighbour entry = find(high, low);
    if (entry != null && entry.mac != mac) {
      replace(entry, mac);
    }
  }

  /**
   * A Neighbour Advertisement, RFC 4861 section 7.2.5, or an ARP reply. Never makes an entry.
   *
   * @param mac a unicast address, or 0 if it does not say one
   * @param solicited whether it answers a question of ours
   * @param override whether it may replace what is known
   */
  public void advertised(long high, long low, long mac, boolean solicited, boolean override) {
    Neighbour entry = find(high, low);
    if (entry == null) {
      return;
    }
    if (entry.state == NeighbourState.INCOMPLETE) {
      if (mac != 0) {
        complete(entry, mac, solicited);
      }
      return;
    }
    boolean differs = mac != 0 && mac != entry.mac;
    if (differs && !override) {
      if (entry.state == NeighbourState.REACHABLE) {
        entry.state = NeighbourState.STALE;
      }
      return;
    }
    if (solicited) {
      if (differs) {
        entry.mac = mac;
        entry.changedAt = time.now();
      }
      reachable(entry);
    } else if (differs) {
      replace(entry, mac);
    }
  }

  /** Whether this neighbour was asked and did not answer yet. */
  public boolean isAwaited(long high, long low) {
    Neighbour entry = find(high, low);
    return entry != null
        && (entry.state == NeighbourState.INCOMPLETE || entry.state == NeighbourState.PROBE);
  }

  /**
   * A transport got an answer from beyond this neighbour to what it sent lately: RFC 4861 section
   * 7.3.1. Saves the probes.
   */
  public void confirm(long high, long low) {
    Neighbour entry = find(high, low);
    if (entry != null && entry.state != NeighbourState.INCOMPLETE) {
      reachable(entry);
    }
  }

  /**
   * A transport gets no answers from beyond this neighbour (RFC 1122 section 2.3.2.1 (4), advice of
   * a higher layer): it is asked at once, where it is known to be, and forgotten if it is not there
   * any more.
   */
  public void suspect(long high, long low) {
    Neighbour entry = find(high, low);
    if (entry != null
        && entry.state != NeighbourState.INCOMPLETE
        && entry.state != NeighbourState.PROBE) {
      probe(entry, time.now());
    }
  }

  private void probe(Neighbour entry, long now) {
    entry.state = NeighbourState.PROBE;
    entry.asked = 0;
    solicit(entry, now);
  }

  private void replace(Neighbour entry, long mac) {
    if (entry.state == NeighbourState.INCOMPLETE) {
      complete(entry, mac, false);
      return;
    }
    long now = time.now();
    if (now - entry.changedAt < CHANGE_NANOS) {
      counters.changesRefused++;
      return;
    }
    entry.mac = mac;
    entry.changedAt = now;
    entry.state = NeighbourState.STALE;
    timers.cancel(entry);
  }

  private void complete(Neighbour entry, long mac, boolean solicited) {
    entry.mac = mac;
    entry.changedAt = time.now();
    entry.state = NeighbourState.STALE;
    timers.cancel(entry);
    incomplete--;
    if (solicited) {
      reachable(entry);
    }
    Packet packet = entry.takeOldest();
    while (packet != null) {
      waiting--;
      events.resolved(packet, use(entry));
      packet.release();
      packet = entry.takeOldest();
    }
  }

  private void reachable(Neighbour entry) {
    entry.state = NeighbourState.REACHABLE;
    entry.reachableUntil = time.now() + random.nextLong(REACHABLE_NANOS) + REACHABLE_NANOS / 2;
    timers.cancel(entry);
  }

  // ---- time ----

  void expired(Neighbour entry, long now) {
    switch (entry.state) {
      case INCOMPLETE -> {
        if (entry.asked < MAX_SOLICITATIONS) {
          solicit(entry, now);
        } else {
          fail(entry);
        }
      }
      case DELAY -> probe(entry, now);
      case PROBE -> {
        if (entry.asked < MAX_SOLICITATIONS) {
          solicit(entry, now);
        } else {
          counters.lost++;
          remove(entry);
        }
      }
      default -> throw new IllegalStateException("a timer fired for " + entry);
    }
  }

  private void solicit(Neighbour entry, long now) {
    entry.asked++;
    counters.solicitations++;
    timers.schedule(entry, now + RETRANSMIT_NANOS);
    events.solicit(entry.high, entry.low, entry.mac);
  }

  private void fail(Neighbour entry) {
    counters.failed++;
    Packet packet = entry.oldest;
    waiting -= entry.waiting;
    entry.oldest = null;
    entry.newest = null;
    entry.waiting = 0;
    remove(entry); // first: whoever hears of it may ask again
    while (packet != null) {
      Packet following = packet.next;
      packet.next = null;
      events.unresolved(packet);
      packet.release();
      packet = following;
    }
  }

  // ---- the table ----

  /** Forgets everything; packets that wait are dropped. */
  public void clear() {
    while (size > 0) {
      remove(entries[size - 1]);
    }
  }

  /** How many neighbours are known or asked for. */
  public int size() {
    return size;
  }

  /** How many packets wait for a neighbour. */
  public int waiting() {
    return waiting;
  }

  /** The state of a neighbour now, or null if it is not known. */
  public @Nullable NeighbourState state(long high, long low) {
    Neighbour entry = find(high, low);
    if (entry == null) {
      return null;
    }
    boolean stale =
        entry.state == NeighbourState.REACHABLE && time.now() - entry.reachableUntil >= 0;
    return stale ? NeighbourState.STALE : entry.state;
  }

  /** The neighbours for people: address, MAC address and state of each, joined by spaces. */
  public List<String> describe() {
    List<String> lines = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      Neighbour entry = entries[i];
      String address = new IpAddress(entry.high, entry.low).toString();
      lines.add(address + " " + Mac.toString(entry.mac) + " " + state(entry.high, entry.low));
    }
    return lines;
  }

  /** What happened here. */
  public NeighbourCounters counters() {
    return counters;
  }

  private int bucket(long high, long low) {
    return (int) hash.hash(high, low, 0, 0, 0) & buckets.length - 1;
  }

  private @Nullable Neighbour find(long high, long low) {
    Neighbour entry = buckets[bucket(high, low)];
    while (entry != null && !entry.is(high, low)) {
      entry = entry.following;
    }
    return entry;
  }

  private Neighbour create(long high, long low, NeighbourState state) {
    if (size == entries.length) {
      counters.evicted++;
      remove(leastValuable());
    }
    if (size == made) {
      entries[made++] = new Neighbour(this);
    }
    Neighbour entry = entries[size];
    entry.position = size++;
    entry.high = high;
    entry.low = low;
    entry.state = state;
    entry.mac = 0;
    entry.asked = 0;
    entry.changedAt = time.now();
    entry.usedAt = Long.MIN_VALUE;
    int bucket = bucket(high, low);
    entry.following = buckets[bucket];
    buckets[bucket] = entry;
    return entry;
  }

  private void remove(Neighbour entry) {
    timers.cancel(entry);
    if (entry.state == NeighbourState.INCOMPLETE) {
      incomplete--;
    }
    while (entry.waiting > 0) {
      drop(entry.takeOldest());
    }
    if (last == entry) {
      last = null;
    }
    int bucket = bucket(entry.high, entry.low);
    Neighbour before = null;
    Neighbour at = buckets[bucket];
    while (at != null && at != entry) {
      before = at;
      at = at.following;
    }
    if (before == null) {
      buckets[bucket] = entry.following;
    } else {
      before.following = entry.following;
    }
    entry.following = null;
    // The last of the dense array takes its place; the entry itself waits behind for reuse.
    Neighbour moved = entries[--size];
    entries[entry.position] = moved;
    moved.position = entry.position;
    entries[size] = entry;
  }

  private void drop(@Nullable Packet packet) {
    if (packet != null) {
      waiting--;
      counters.waitingDropped++;
      packet.release();
    }
  }

  /**
   * Unverified entries go first, those that nothing was ever sent to before the others, so a flood
   * of strangers does not push out whom we talk to; within a rank the least recently used goes.
   */
  private Neighbour leastValuable() {
    Neighbour worst = entries[0];
    for (int i = 1; i < size; i++) {
      Neighbour entry = entries[i];
      int order = rank(entry) - rank(worst);
      if (order < 0 || order == 0 && age(entry) < age(worst)) {
        worst = entry;
      }
    }
    return worst;
  }

  private static int rank(Neighbour entry) {
    return switch (entry.state) {
      case STALE -> entry.usedAt == Long.MIN_VALUE ? 0 : 2;
      case INCOMPLETE -> 1;
      case REACHABLE, DELAY, PROBE -> 3;
    };
  }

  private static long age(Neighbour entry) {
    return entry.usedAt == Long.MIN_VALUE ? entry.changedAt : entry.usedAt;
  }
}
