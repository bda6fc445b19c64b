package io.tapstack.tcp;

import io.tapstack.ip.PathMtuCache;
import io.tapstack.tcp.TcpInfo.CongestionState;
import io.tapstack.wire.Ipv6Header;

/**
 * How large the segments of one connection may be for its path: path MTU discovery, RFC 1191 and
 * RFC 8201, with the checks of RFC 5927 section 7. What was learned is kept in IP's {@link
 * PathMtuCache}, so that all connections to a destination heed it; entries age there, and then
 * larger segments are tried again.
 *
 * <p>A "too big" message is believed only about a segment in flight, at its own sequence number,
 * that really is larger than the claimed MTU. And if packets larger than that were acknowledged
 * before, the path must have changed: then only once the segment is lost as well (RFC 5927 section
 * 7.2 waits for its timeout; that later data arrives without it says the same), so that a forger
 * must prevent its arrival, too. Linux believes at once.
 *
 * <p>Where routers are silent, {@link MtuSearch} finds out by sending.
 *
 * <p>Thread: the owner of the stack.
 */
final class PathMtu {
  /** While a path carries less than the link, whether it still does is asked this often. */
  private static final long RECHECK = 60_000_000_000L;

  /** A probe is followed by as many segments as show that it was lost (RFC 5681), and one. */
  private static final int PROBE_FOLLOWERS = 4;

  private final TcpConnection c;
  private int peerMss;
  private int mtu;

  /** What link and routers allow. */
  private int known;

  private int version;
  private long recheckAt = Long.MAX_VALUE;

  /** "maxsizeacked": the largest packet that arrived. */
  private int largestAcked;

  /** What a message claimed about a segment that has not timed out yet, or 0. */
  private int claimed;

  private int claimedSequence;

  private final MtuSearch search = new MtuSearch();

  PathMtu(TcpConnection connection) {
    c = connection;
  }

  /** The largest packet that the path carries, as far as known; 0 before the handshake. */
  int mtu() {
    return mtu;
  }

  /** The peer told its MSS: the effective MSS to begin with. */
  int begin(int mss) {
    peerMss = mss;
    look();
    if (c.tcp.config.mtuProbing() == MtuProbing.ALWAYS && base() < mtu) {
      search.begin(base(), ceiling());
      mtu = search.low();
    }
    return effectiveMss(mtu);
  }

  /** MUST-16: what the peer takes and the path carries, without what options take. */
  private int effectiveMss(int packet) {
    return c.tcp.output.effectiveMss(c, Math.min(peerMss, packet - headers()));
  }

  /** IP and TCP headers without options. */
  private int headers() {
    return c.isV4() ? 40 : 60;
  }

  /** The packet that a record was sent in. */
  private int packetSize(int slot) {
    return dataLength(slot) + headers() + (c.timestamps ? TcpOutput.TIMESTAMPS_LENGTH : 0);
  }

  /** What a record carries, without the FIN. */
  int dataLength(int slot) {
    SentQueue sent = c.recovery.sent;
    boolean fin = c.finQueued && sent.end(slot) == c.sequenceOf(c.finPosition) + 1;
    return sent.length(slot) - (fin ? 1 : 0);
  }

  // ---- what IP knows ----

  /** Heeds what IP learned or forgot meanwhile; asked before anything is sent. */
  void refresh() {
    PathMtuCache paths = c.tcp.ip.streamPaths();
    if (version == paths.version() && c.tcp.time.now() < recheckAt) {
      return;
    }
    int before = mtu;
    look();
    if (mtu != before) {
      resize();
    }
  }

  private void look() {
    int path = c.tcp.ip.mtuTo(c.remoteHigh, c.remoteLow);
    int link = c.tcp.ip.linkMtuTo(c.remoteHigh, c.remoteLow);
    version = c.tcp.ip.streamPaths().version();
    recheckAt = path < link ? c.tcp.time.now() + RECHECK : Long.MAX_VALUE;
    if (path > 0) { // there may be no route at the moment
      known = path;
      mtu = path;
    }
    if (search.isOn()) {
      search.limit(ceiling());
      mtu = search.low();
    }
  }

  /** What link, routers and peer allow. */
  private int ceiling() {
    return Math.min(known, peerMss + headers());
  }

  private void resize() {
    int mss = effectiveMss(mtu);
    if (mss == c.sndMss) {
      return;
    }
    boolean smaller = mss < c.sndMss;
    c.sndMss = mss;
    c.congestion.mss(mss);
    if (smaller) {
      c.recovery.losePackets(mss, c.tcp.time.now());
    }
  }

  // ---- RFC 1191, 8201, 5927 ----

  /**
   * A router says that a packet was larger than it can pass on.
   *
   * @param said what it can pass on, not below what IP allows
   * @param size how large it says that the packet was
   * @return whether that may be true
   */
  boolean tooBig(int said, int size, int sequence) {
    SentQueue sent = c.recovery.sent;
    int slot = sent.firstFrom(sequence);
    if (slot == SentQueue.NONE
        || sent.start(slot) != sequence
        || sent.has(slot, SentQueue.SACKED)
        || said >= size
        || packetSize(slot) <= said) {
      return false;
    }
    if (search.isProbe(sequence, sent.end(slot)) && said >= mtu) {
      search.limit(said); // and that is what is tried next
      search.inconclusive();
      c.recovery.loseProbe(slot, c.tcp.time.now());
      c.tcp.counters.mtuProbesLost++;
      c.tcp.sender.send(c);
      return true;
    }
    if (said >= mtu) {
      return false;
    }
    boolean timedOut = c.retransmissions > 0 && sequence == c.sndUna;
    if (said < largestAcked && !timedOut) {
      claimed = said;
      claimedSequence = sequence;
    } else {
      lower(said);
      // RFC 1191 section 6.4: at once, without a timeout, and no sign of congestion
      c.tcp.sender.send(c);
    }
    return true;
  }

  /** A record arrived. */
  void delivered(int slot) {
    largestAcked = Math.max(largestAcked, packetSize(slot));
    if (search.isProbe(c.recovery.sent.start(slot), c.recovery.sent.end(slot))) {
      search.succeeded(c.tcp.time.now());
      mtu = search.low();
      resize();
    }
    if (claimed != 0 && Seq.gt(c.recovery.sent.end(slot), claimedSequence)) {
      if (Seq.leq(c.recovery.sent.start(slot), claimedSequence)) {
        claimed = 0; // it arrived, so it was not too big
      }
    }
  }

  /**
   * The retransmission timer expired.
   *
   * @return whether a message had said why: then it is repaired, and was no congestion
   */
  boolean timedOut() {
    search.inconclusive();
    int said = claimed;
    claimed = 0;
    if (said == 0
        || said >= mtu
        || Seq.lt(claimedSequence, c.sndUna)
        || Seq.geq(claimedSequence, c.sndNxt)) {
      return false;
    }
    lower(said);
    c.tcp.sender.send(c);
    return true;
  }

  /**
   * Segments were found lost: whether their size explains it, because a message had said so, or
   * because it is a probe that is lost. Then they are sent again, cut, and it was no congestion.
   *
   * @param first whether what is lost is the first record, which is not marked
   */
  boolean explainsLoss(boolean first) {
    if (claimed != 0 && isClaimLost()) {
      lower(claimed);
      return true;
    }
    return isProbeLost(first);
  }

  /** What a message was about is lost, and nothing that was smaller than it said. */
  private boolean isClaimLost() {
    SentQueue sent = c.recovery.sent;
    boolean lost = false;
    for (int slot = sent.first(); slot != SentQueue.NONE; slot = sent.after(slot)) {
      if (sent.has(slot, SentQueue.LOST)) {
        if (packetSize(slot) <= claimed) {
          return false;
        }
        lost |= sent.start(slot) == claimedSequence;
      }
    }
    return lost;
  }

  // ---- RFC 4821, 8899: no router says anything ----

  /**
   * Where the search begins: what nearly every path carries, {@code baseMss} bytes of data as in
   * Linux; for IPv6 what every link carries (RFC 8200 section 5).
   */
  private int base() {
    int options = c.timestamps ? TcpOutput.TIMESTAMPS_LENGTH : 0;
    int packet = c.tcp.config.baseMss() + headers() + options;
    return Math.max(packet, least());
  }

  private int least() {
    return c.isV4() ? c.tcp.ip.minPathMtuV4() : Ipv6Header.MIN_MTU;
  }

  /**
   * The same segment timed out several times, and no router said why: if it is a large one, the
   * path may be a black hole for such (RFC 4821 section 7.7, RFC 8899 section 4.3). It is cut, and
   * the search begins; below the base each timeout halves segments, as in Linux.
   */
  void timedOutOften() {
    int first = c.recovery.sent.first();
    if (c.tcp.config.mtuProbing() == MtuProbing.OFF || first == SentQueue.NONE) {
      return;
    }
    int next = mtu > base() ? base() : Math.max(mtu - c.sndMss / 2, least());
    if (next >= packetSize(first)) {
      return; // it is small enough to arrive anywhere
    }
    c.tcp.counters.mtuBlackHoles++;
    search.begin(next, ceiling());
    largestAcked = 0;
    mtu = next;
    resize();
  }

  /**
   * How many bytes a probe carries that should be sent now instead of a full segment, or 0. Data
   * must follow it, so that its loss is noticed soon and alone (RFC 4821 section 7.4).
   *
   * @param queued bytes that wait to be sent
   * @param usable how many the peer's window allows
   */
  int probeLength(int queued, int usable) {
    if (!search.isOn() || c.recovery.state() != CongestionState.OPEN) {
      return 0;
    }
    int size = search.next(ceiling(), c.tcp.time.now());
    int length = size == 0 ? 0 : effectiveMss(size);
    int needed = length + PROBE_FOLLOWERS * c.sndMss;
    boolean enough = queued >= needed && usable >= needed && c.recovery.cwnd() >= needed;
    return length > c.sndMss && enough ? length : 0;
  }

  /** A probe leaves. */
  void probes(int from, int length) {
    int options = c.timestamps ? TcpOutput.TIMESTAMPS_LENGTH : 0;
    c.tcp.counters.mtuProbes++;
    search.sent(length + headers() + options, from, from + length);
  }

  /**
   * Whether all that is lost is the probe: then its size is the reason, and not congestion (RFC
   * 4821 section 7.6.2). If more is lost, it says nothing.
   */
  private boolean isProbeLost(boolean first) {
    SentQueue sent = c.recovery.sent;
    int slot = search.isOutstanding() ? sent.firstFrom(search.start()) : SentQueue.NONE;
    if (slot == SentQueue.NONE) {
      search.inconclusive();
      return false;
    }
    boolean lost = first ? slot == sent.first() : sent.has(slot, SentQueue.LOST);
    if (!lost && !first && sent.lostSegments() == 0) {
      return false;
    }
    if (!lost || sent.lostSegments() > 1 || !search.isProbe(sent.start(slot), sent.end(slot))) {
      search.inconclusive();
      return false;
    }
    c.tcp.counters.mtuProbesLost++;
    search.failed(c.tcp.time.now());
    c.recovery.loseProbe(slot, c.tcp.time.now());
    return true;
  }

  private void lower(int said) {
    c.tcp.counters.pathMtuReductions++;
    c.tcp.ip.streamPaths().lower(c.remoteHigh, c.remoteLow, 0, said);
    largestAcked = 0;
    claimed = 0;
    look();
    resize();
  }
}
