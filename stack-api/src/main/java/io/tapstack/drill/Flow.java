package io.tapstack.drill;

import io.tapstack.drill.Script.Option;
import io.tapstack.drill.Script.Segment;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptionSet;
import io.tapstack.wire.TcpSegment;
import io.tapstack.wire.UdpDatagram;
import io.tapstack.wire.UdpHeader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One pair of ports, and how its numbers on the wire and in the script belong together. The
 * script's number 0 is the stack's initial sequence number, learnt from its SYN; the peer's numbers
 * are the script's plus a constant; TS values count from the first one on both sides.
 */
final class Flow {
  /** The script's number of the first byte that the application writes. */
  static final long FIRST_WRITTEN = 1;

  static final int REMOTE_BASE = 0x7000_0000;

  /** What the stack makes of a peer's MSS that is absurdly small. */
  private static final int MIN_MSS = 88;

  final boolean udp;
  final int localPort;
  final int remotePort;
  final ReceiveModel received = new ReceiveModel();
  private final OptionCodec codec = new OptionCodec(this);
  private final Map<Long, Integer> timestamps = new HashMap<>();
  int localBase;
  private boolean baseKnown;
  private boolean reopened;
  private @Nullable Segment reopening;
  private @Nullable Integer firstLiveTimestamp;
  private long firstScriptTimestamp;
  private int peerMss;
  private boolean peerTimestamps;
  private int pathMtu = Integer.MAX_VALUE;
  private int maximumSegment;
  private long lastSequence;
  private int lastLength;
  private int lastDatagram;

  Flow(boolean udp, int localPort, int remotePort, boolean six) {
    this.udp = udp;
    this.localPort = localPort;
    this.remotePort = remotePort;
    peerMss = six ? 1220 : 536; // MUST-15 and RFC 8200: what holds if the option is missing
  }

  // ---- from the script to the wire ----

  TcpSegment toWire(Segment segment, long time) {
    if ((segment.flags() & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN) {
      reopened = true;
      reopening = segment;
    }
    received.arrives(segment, time);
    if ((segment.flags() & TcpHeader.SYN) != 0) {
      negotiate(segment.options() == null ? List.of() : segment.options());
    }
    Bytes options = codec.toWire(segment.options() == null ? List.of() : segment.options());
    return new TcpSegment(
            remotePort,
            localPort,
            (int) segment.sequence() + REMOTE_BASE,
            segment.ack() < 0 ? 0 : (int) segment.ack() + localBase,
            segment.flags() & 0xff,
            Math.max(segment.window(), 0),
            Math.max(segment.urgent(), 0),
            TcpOptionSet.NONE,
            Bytes.pattern(firstByte(segment), segment.length())) //
        .rawOptions(options);
  }

  /** What the peer's SYN or SYN-ACK offers bounds what the stack sends. */
  private void negotiate(List<Option> options) {
    for (Option option : options) {
      switch (option.kind()) {
        case "mss" -> {
          int mss = (int) (long) option.values().get(0);
          peerMss = mss > 0 ? mss : peerMss; // 0 is as none
        }
        case "TS" -> peerTimestamps = true;
        default -> {}
      }
    }
  }

  int liveTimestamp(long scripted) {
    Integer seen = timestamps.get(scripted);
    if (seen != null) {
      return seen;
    }
    return firstLiveTimestamp == null
        ? (int) scripted
        : (int) (scripted - firstScriptTimestamp) + firstLiveTimestamp;
  }

  /** The segment or datagram that an ICMP error is about: as said, or the last that was sent. */
  IpPayload quoted(Script.@Nullable Quoted said) {
    if (said == null ? udp : said.udp()) {
      int length = said == null ? lastDatagram : said.length();
      return new UdpDatagram(localPort, remotePort, Bytes.pattern(0, length));
    }
    long sequence = said == null ? lastSequence : said.sequence();
    int length = said == null ? lastLength : said.length();
    return new TcpSegment(
        localPort,
        remotePort,
        (int) sequence + localBase,
        0,
        TcpHeader.ACK,
        0,
        0,
        TcpOptionSet.NONE,
        Bytes.pattern(sequence, length));
  }

  /** An ICMP error told of a smaller path MTU. */
  void pathMtu(int mtu) {
    if (mtu > 0) {
      pathMtu = Math.min(pathMtu, mtu);
    }
  }

  /** The number of the first byte of payload: a SYN takes the one before it. */
  private static long firstByte(Segment segment) {
    return segment.sequence() + ((segment.flags() & TcpHeader.SYN) != 0 ? 1 : 0);
  }

  // ---- what was sent and read ----

  /** Whether bytes that the application read are those that the peer sent at that place. */
  void checkRead(long position, byte[] bytes, int length) {
    long first = received.firstData();
    if (first < 0) {
      return;
    }
    Bytes expected = Bytes.pattern(first + position, length);
    for (int i = 0; i < length; i++) {
      if (expected.at(i) != (bytes[i] & 0xff)) {
        long at = first + position + i;
        throw new Mismatch("the peer's byte " + at, "another byte at its place");
      }
    }
  }

  /** Whether a segment of the stack's carries the bytes that were written at that place. */
  boolean carriesWhatWasWritten(Segment seen, TcpSegment live) {
    return live.data().equals(Bytes.pattern(firstByte(seen), seen.length()));
  }

  // ---- from the wire to the script ----

  /** Learns from a segment of the stack's before it is compared. */
  void learn(Bench.Sent sent) {
    TcpSegment live = sent.segment();
    if (live == null) {
      lastDatagram = sent.payload().length() - UdpHeader.LENGTH;
      return;
    }
    if (live.has(TcpHeader.SYN) && (!baseKnown || reopened && live.sequence() != localBase)) {
      localBase = live.sequence();
      if (baseKnown && reopening != null) { // a new incarnation, with a stream of its own
        received.reset();
        received.arrives(reopening, sent.time());
      }
      baseKnown = true;
      reopened = false;
      firstLiveTimestamp = null;
      timestamps.clear();
    }
    lastSequence = Integer.toUnsignedLong(live.sequence() - localBase);
    lastLength = live.data().length();
  }

  /** Remembers that a live TS value stands for a scripted one. */
  void pairTimestamps(long scripted, int live) {
    if (firstLiveTimestamp == null) {
      firstLiveTimestamp = live;
      firstScriptTimestamp = scripted;
    }
    timestamps.put(scripted, live);
  }

  /** A live TS value in the script's ticks. */
  long scriptTimestamp(int live, long tickNanos) {
    int first = firstLiveTimestamp == null ? live : firstLiveTimestamp;
    return firstScriptTimestamp + (live - first) * 1_000_000L / tickNanos;
  }

  boolean hasTimestampBase() {
    return firstLiveTimestamp != null;
  }

  /** A segment of the stack's in the script's numbers. */
  Segment toScript(Bench.Sent sent, TcpSegment live) {
    boolean ack = live.has(TcpHeader.ACK);
    // A RST that answers a segment without ACK has number 0 whatever the connection counts from.
    boolean bare = live.has(TcpHeader.RST | TcpHeader.ACK) && live.sequence() == 0;
    return new Segment(
        sent.envelope(),
        live.flags() | ((sent.reserved() & 1) != 0 ? Segment.AE : 0),
        bare ? 0 : Integer.toUnsignedLong(live.sequence() - localBase),
        live.data().length(),
        ack ? Integer.toUnsignedLong(live.acknowledgment() - REMOTE_BASE) : -1,
        live.window(),
        live.has(TcpHeader.URG) ? live.urgentPointer() : -1,
        codec.toScript(sent.rawOptions()));
  }

  /** What a full segment of the stack's carries, once options are negotiated. */
  int effectiveMss(Settings settings, boolean timestampsInSegment) {
    int mtu = Math.min(settings.mtu(), pathMtu);
    int mss = Math.min(Math.max(peerMss, MIN_MSS), mtu - settings.headers());
    if (maximumSegment > 0) {
      mss = Math.min(mss, maximumSegment);
    }
    return timestampsInSegment && peerTimestamps ? mss - 12 : mss;
  }

  /** TCP_MAXSEG: the application's own limit. */
  void maximumSegment(int mss) {
    maximumSegment = mss;
  }
}
