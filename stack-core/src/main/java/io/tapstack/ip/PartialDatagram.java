package io.tapstack.ip;

import io.tapstack.link.Packet;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One datagram of which fragments have come: who it is from, and its fragments in the packets that
 * they came in, sorted by offset. A packet's {@code [start, end)} is the fragment's data, its
 * {@code sequence} the offset.
 *
 * <p>Made once by {@link Reassembly} and reused. An abandoned one has no fragments, and stands for
 * those still to come, which are dropped (RFC 5722 section 4).
 */
final class PartialDatagram {
  /** What became of a fragment. */
  enum Verdict {
    KEPT,
    /** It is there already, with the same bytes. */
    DUPLICATE,
    /** It overlaps another one, or they disagree about where the datagram ends. */
    CONFLICT
  }

  /** RFC 3168 section 5.3: one fragment that met congestion speaks for all. */
  private static final int CONGESTED = 3;

  private static final int UNKNOWN = -1;

  long sourceHigh;
  long sourceLow;
  long destinationHigh;
  long destinationLow;
  int protocol;
  int identification;
  long deadline;
  boolean abandoned;
  @Nullable PartialDatagram older;
  @Nullable PartialDatagram newer;

  private @Nullable IpInterface iface;
  private @Nullable Packet first;
  private @Nullable Packet last;
  private int fragments;
  private int bytes;
  private int length = UNKNOWN;
  private int ecnSeen;

  PartialDatagram() {}

  void begin(IpInterface by, Packet fragment, int protocol, int identification, long deadline) {
    iface = by;
    sourceHigh = fragment.sourceHigh;
    sourceLow = fragment.sourceLow;
    destinationHigh = fragment.destinationHigh;
    destinationLow = fragment.destinationLow;
    this.protocol = protocol;
    this.identification = identification;
    this.deadline = deadline;
    abandoned = false;
    length = UNKNOWN;
    ecnSeen = 0;
  }

  boolean is(Packet fragment, int protocol, int identification) {
    return this.identification == identification
        && this.protocol == protocol
        && isFrom(fragment.sourceHigh, fragment.sourceLow)
        && destinationLow == fragment.destinationLow
        && destinationHigh == fragment.destinationHigh;
  }

  boolean isFrom(long high, long low) {
    return sourceLow == low && sourceHigh == high;
  }

  /** Where its first fragment came in. */
  IpInterface iface() {
    IpInterface by = iface;
    if (by == null) {
      throw new IllegalStateException("a datagram of which nothing came");
    }
    return by;
  }

  /** Puts a fragment in its place; it is this datagram's only if the verdict is KEPT. */
  Verdict insert(Packet fragment, boolean more) {
    int offset = fragment.sequence;
    int end = offset + fragment.length();
    if (length != UNKNOWN && (more ? end >= length : end != length)
        || !more && last != null && end(last) > end) {
      return Verdict.CONFLICT;
    }
    Packet before = null;
    Packet after = first;
    if (last != null && last.sequence < offset) { // mostly they come in order
      before = last;
      after = null;
    }
    while (after != null && after.sequence < offset) {
      before = after;
      after = after.next;
    }
    if (after != null && after.sequence == offset && end(after) == end) {
      // RFC 8200 section 4.5: exact duplicates may be dropped alone
      boolean same = (more || length == end) && isSameData(after, fragment);
      return same ? Verdict.DUPLICATE : Verdict.CONFLICT;
    }
    if (before != null && end(before) > offset || after != null && after.sequence < end) {
      return Verdict.CONFLICT;
    }
    fragment.next = after;
    if (before == null) {
      first = fragment;
    } else {
      before.next = fragment;
    }
    if (after == null) {
      last = fragment;
    }
    if (!more) {
      length = end;
    }
    fragments++;
    bytes += end - offset;
    ecnSeen |= 1 << (fragment.trafficClass & 3);
    return Verdict.KEPT;
  }

  private static int end(Packet fragment) {
    return fragment.sequence + fragment.length();
  }

  private static boolean isSameData(Packet one, Packet other) {
    ByteBuffer a = one.buffer;
    ByteBuffer b = other.buffer;
    int size = one.length();
    for (int i = 0; i < size; i++) {
      if (a.get(one.start + i) != b.get(other.start + i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether every byte is there. None overlaps another, so it is enough to count them. */
  boolean isComplete() {
    return bytes == length;
  }

  /** The bytes of data in all; only meaningful if complete. */
  int length() {
    return length;
  }

  int fragments() {
    return fragments;
  }

  /** The first one of those that are there, or null. */
  @Nullable Packet head() {
    return first;
  }

  /**
   * The whole datagram's type of service: that of the first fragment, with "congestion experienced"
   * if any of them has it.
   *
   * @return -1 if some fragments say that the sender does not speak ECN, and others that congestion
   *     was marked: RFC 3168 section 5.3 drops the datagram
   */
  int trafficClass(Packet head) {
    if ((ecnSeen & 1 << CONGESTED) == 0) {
      return head.trafficClass;
    }
    return (ecnSeen & 1) != 0 ? -1 : head.trafficClass | CONGESTED;
  }

  /** Releases what is there; each fragment is counted as dropped for a reason, if there is one. */
  void release(@Nullable IpDrop why) {
    Packet packet = first;
    while (packet != null) {
      Packet following = packet.next;
      packet.next = null;
      if (why != null) {
        iface().counters().drop(why);
      }
      packet.release();
      packet = following;
    }
    first = null;
    last = null;
    fragments = 0;
    bytes = 0;
  }
}
