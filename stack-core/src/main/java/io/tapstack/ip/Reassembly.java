package io.tapstack.ip;

import io.tapstack.base.StackTime;
import io.tapstack.base.Timer;
import io.tapstack.base.TimerWheel;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPools;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6FragmentHeader;
import io.tapstack.wire.Ipv6Header;
import org.jspecify.annotations.Nullable;

/**
 * Puts datagrams together from their fragments, for both versions: RFC 791 section 3.2, RFC 1122
 * section 3.3.2, RFC 8200 section 4.5.
 *
 * <p>What is limited, and what happens at the limit (RFC 6274 section 4.1, CVE-2018-5391): {@link
 * #MAX_DATAGRAMS} are in progress, at most half of them from one source; their fragments hold an
 * eighth of the packet pool, half of that from one source; no datagram has more than {@link
 * #MAX_FRAGMENTS}. The oldest datagram goes as a whole, of everybody or of the source that has too
 * many. So a flood of fragments costs other fragments their place, and nothing else.
 *
 * <p>Fragments that overlap make the whole datagram void, whatever they hold (RFC 5722; RFC 6274
 * section 4.1.2.2 for IPv4), and it stays void until its time is over.
 *
 * <p>Thread: the owner of the stack.
 */
final class Reassembly {
  /** RFC 8200 section 4.5, RFC 1122 section 3.3.2: from the fragment that came first. */
  static final long TIMEOUT_NANOS = 60_000_000_000L;

  static final int MAX_DATAGRAMS = 64;
  static final int MAX_DATAGRAMS_PER_SOURCE = MAX_DATAGRAMS / 2;

  /** Enough for 64 KiB over an MTU of 296. It bounds the walk along a datagram's fragments. */
  static final int MAX_FRAGMENTS = 256;

  /** The fragments of the largest datagram over an MTU of 1500, which even a small pool takes. */
  private static final int LARGEST = 48;

  private static final int MAX_PAYLOAD = 0xffff;

  private final StackTime time;
  private final TimerWheel timers;
  private final PacketPools pools;
  private final Icmpv4 icmpv4;
  private final Icmpv6 icmpv6;
  private final int maxHeld;
  private final int maxHeldPerSource;
  private final Timer expiry = new Expiry();
  private @Nullable PartialDatagram oldest;
  private @Nullable PartialDatagram newest;
  private @Nullable PartialDatagram unused;
  private int size;
  private int held;

  Reassembly(StackTime time, TimerWheel timers, PacketPools pools, Icmpv4 icmpv4, Icmpv6 icmpv6) {
    this.time = time;
    this.timers = timers;
    this.pools = pools;
    this.icmpv4 = icmpv4;
    this.icmpv6 = icmpv6;
    int capacity = pools.ordinary().capacity();
    maxHeld = Math.max(capacity / 8, Math.min(capacity / 2, LARGEST));
    maxHeldPerSource = Math.max(maxHeld / 2, Math.min(maxHeld, LARGEST));
  }

  /**
   * Takes a fragment over. Its lengths were checked: it is not empty, ends within 65,535 bytes, and
   * is a multiple of 8 bytes long if more follow.
   *
   * @param fragment {@code [start, end)} is its data, {@code sequence} its offset; the network
   *     header is at {@code networkOffset}, and for IPv6 the Fragment header just before {@code
   *     start}
   * @param protocol the protocol, or 0 for IPv6, where it is no part of what names a datagram
   * @return the whole datagram if this was what was missing, else null. {@code [start, end)} is its
   *     data, {@code networkOffset} where a copy of the first fragment's headers stands, without
   *     the Fragment header; their lengths are still the fragment's
   */
  @Nullable Packet add(
      IpInterface iface, Packet fragment, int protocol, int identification, boolean more) {
    iface.counters().fragmentsIn++;
    PartialDatagram datagram = find(fragment, protocol, identification);
    if (datagram == null) {
      datagram = create(fragment);
      datagram.begin(iface, fragment, protocol, identification, time.now() + TIMEOUT_NANOS);
    } else if (datagram.abandoned) {
      iface.drop(fragment, IpDrop.FRAGMENT_OVERLAP);
      return null;
    }
    switch (datagram.insert(fragment, more)) {
      case KEPT -> {
        held++;
        if (datagram.isComplete()) {
          return join(datagram);
        }
        makeRoom(datagram);
      }
      case DUPLICATE -> iface.drop(fragment, IpDrop.FRAGMENT_DUPLICATE);
      case CONFLICT -> {
        iface.drop(fragment, IpDrop.FRAGMENT_OVERLAP);
        release(datagram, IpDrop.FRAGMENT_OVERLAP);
        datagram.abandoned = true;
      }
    }
    return null;
  }

  /** How many datagrams are in progress, those that are void included. */
  int size() {
    return size;
  }

  /** How many packets wait for others. */
  int held() {
    return held;
  }

  // ---- done ----

  private @Nullable Packet join(PartialDatagram datagram) {
    Packet head = datagram.head();
    if (head == null) {
      throw new IllegalStateException("a complete datagram has a first fragment");
    }
    IpInterface iface = datagram.iface();
    boolean v4 = IpAddress.isV4(head.sourceHigh, head.sourceLow);
    int header =
        head.start - head.networkOffset - (v4 ? 0 : Ipv6FragmentHeader.LENGTH); // that one goes
    int trafficClass = datagram.trafficClass(head);
    int length = header + datagram.length();
    Packet whole = null;
    if (trafficClass < 0 || length > MAX_PAYLOAD + (v4 ? 0 : Ipv6Header.LENGTH)) {
      release(datagram, IpDrop.BAD_FRAGMENT);
    } else {
      whole = pools.acquire(length);
      if (whole == null) {
        release(datagram, IpDrop.NO_BUFFER);
      } else {
        copy(head, header, whole);
        whole.trafficClass = trafficClass;
        iface.counters().reassembled++;
        release(datagram, null);
      }
    }
    remove(datagram);
    return whole;
  }

  private static void copy(Packet head, int header, Packet whole) {
    whole.networkOffset = whole.start;
    whole.buffer.put(whole.start, head.buffer, head.networkOffset, header);
    whole.start += header;
    for (Packet part = head; part != null; part = part.next) {
      whole.end = whole.start + part.sequence + part.length();
      whole.buffer.put(whole.start + part.sequence, part.buffer, part.start, part.length());
    }
    whole.linkGroup = head.linkGroup;
    whole.protocol = head.protocol;
    whole.ttl = head.ttl;
    whole.sourceHigh = head.sourceHigh;
    whole.sourceLow = head.sourceLow;
    whole.destinationHigh = head.destinationHigh;
    whole.destinationLow = head.destinationLow;
  }

  // ---- limits and time ----

  private void makeRoom(PartialDatagram grown) {
    if (grown.fragments() > MAX_FRAGMENTS) {
      evict(grown);
    }
    if (held > maxHeldPerSource) {
      int sources = 0;
      PartialDatagram eldest = null;
      for (PartialDatagram d = newest; d != null; d = d.older) {
        if (d.isFrom(grown.sourceHigh, grown.sourceLow) && d.fragments() > 0) {
          sources += d.fragments();
          eldest = d;
        }
      }
      if (eldest != null && sources > maxHeldPerSource) {
        evict(eldest);
      }
    }
    while (held > maxHeld && oldest != null) {
      evict(oldest);
    }
  }

  private void makeRoomFor(Packet fragment) {
    if (size >= MAX_DATAGRAMS_PER_SOURCE) {
      int count = 0;
      PartialDatagram eldest = null;
      for (PartialDatagram d = newest; d != null; d = d.older) {
        if (d.isFrom(fragment.sourceHigh, fragment.sourceLow)) {
          count++;
          eldest = d;
        }
      }
      if (eldest != null && count >= MAX_DATAGRAMS_PER_SOURCE) {
        evict(eldest);
      }
    }
    if (size == MAX_DATAGRAMS && oldest != null) {
      evict(oldest);
    }
  }

  private void evict(PartialDatagram datagram) {
    release(datagram, IpDrop.FRAGMENT_LIMIT);
    remove(datagram);
  }

  private void expire(long now) {
    PartialDatagram datagram = oldest;
    while (datagram != null && datagram.deadline <= now) {
      remove(datagram); // first: what is sent now must not find it
      Packet head = datagram.head();
      if (head != null && head.sequence == 0) {
        if (IpAddress.isV4(head.sourceHigh, head.sourceLow)) {
          icmpv4.reassemblyTimeExceeded(datagram.iface(), head);
        } else {
          icmpv6.reassemblyTimeExceeded(datagram.iface(), head);
        }
      }
      release(datagram, IpDrop.FRAGMENT_TIMEOUT);
      datagram = oldest;
    }
    if (datagram != null) {
      timers.schedule(expiry, datagram.deadline);
    }
  }

  private void release(PartialDatagram datagram, @Nullable IpDrop why) {
    held -= datagram.fragments();
    datagram.release(why);
  }

  // ---- the table: few enough to be walked ----

  private @Nullable PartialDatagram find(Packet fragment, int protocol, int identification) {
    PartialDatagram datagram = newest;
    while (datagram != null && !datagram.is(fragment, protocol, identification)) {
      datagram = datagram.older;
    }
    return datagram;
  }

  private PartialDatagram create(Packet fragment) {
    makeRoomFor(fragment);
    PartialDatagram datagram = unused;
    if (datagram == null) {
      datagram = new PartialDatagram();
    } else {
      unused = datagram.newer;
    }
    datagram.newer = null;
    datagram.older = newest;
    if (newest == null) {
      oldest = datagram;
    } else {
      newest.newer = datagram;
    }
    newest = datagram;
    size++;
    if (!expiry.isScheduled()) {
      timers.schedule(expiry, time.now() + TIMEOUT_NANOS);
    }
    return datagram;
  }

  private void remove(PartialDatagram datagram) {
    PartialDatagram before = datagram.older;
    PartialDatagram after = datagram.newer;
    if (before == null) {
      oldest = after;
    } else {
      before.newer = after;
    }
    if (after == null) {
      newest = before;
    } else {
      after.older = before;
    }
    datagram.older = null;
    datagram.newer = unused;
    unused = datagram;
    size--;
    if (size == 0) {
      timers.cancel(expiry);
    }
  }

  /** One timer for all: they all live equally long, so the oldest is the first to go. */
  private final class Expiry extends Timer {
    @Override
    protected void fire(long now) {
      expire(now);
    }
  }
}
