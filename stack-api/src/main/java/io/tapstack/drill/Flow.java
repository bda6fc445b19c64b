package io.tapstack.drill;

import io.tapstack.drill.Script.Option;
import io.tapstack.drill.Script.Segment;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptionSet;
import io.tapstack.wire.TcpOptions;
import io.tapstack.wire.TcpSegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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
  private static final int REMOTE_BASE = 0x7000_0000;

  /** What the stack makes of a peer's MSS that is absurdly small. */
  private static final int MIN_MSS = 88;

  final int localPort;
  final int remotePort;
  final ReceiveModel received = new ReceiveModel();
  private final Map<Long, Integer> timestamps = new HashMap<>();
  private int localBase;
  private boolean baseKnown;
  private boolean reopened;
  private @Nullable Integer firstLiveTimestamp;
  private long firstScriptTimestamp;
  private int peerMss;
  private boolean peerTimestamps;

  Flow(int localPort, int remotePort, boolean six) {
    this.localPort = localPort;
    this.remotePort = remotePort;
    peerMss = six ? 1220 : 536; // MUST-15 and RFC 8200: what holds if the option is missing
  }

  // ---- from the script to the wire ----

  TcpSegment toWire(Segment segment, long time) {
    if ((segment.flags() & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN) {
      reopened = true;
      received.reset();
    }
    received.arrives(segment, time);
    Bytes options = segment.options() == null ? Bytes.EMPTY : options(segment);
    return new TcpSegment(
            remotePort,
            localPort,
            (int) segment.sequence() + REMOTE_BASE,
            segment.ack() < 0 ? 0 : (int) segment.ack() + localBase,
            segment.flags(),
            Math.max(segment.window(), 0),
            Math.max(segment.urgent(), 0),
            TcpOptionSet.NONE,
            Bytes.pattern(segment.sequence(), segment.length())) //
        .rawOptions(options);
  }

  private Bytes options(Segment segment) {
    ByteBuffer raw = ByteBuffer.allocate(128);
    int at = 0;
    for (Option option : segment.options() == null ? List.<Option>of() : segment.options()) {
      List<Long> values = option.values();
      switch (option.kind()) {
        case "nop" -> raw.put(at++, (byte) TcpOptions.NOP);
        case "eol" -> raw.put(at++, (byte) TcpOptions.EOL);
        case "mss" -> {
          head(raw, at, TcpOptions.MSS, 4);
          raw.putShort(at + 2, (short) (long) values.get(0));
          at += 4;
          if ((segment.flags() & TcpHeader.SYN) != 0) {
            peerMss = (int) (long) values.get(0);
          }
        }
        case "wscale" -> {
          head(raw, at, TcpOptions.WINDOW_SCALE, 3);
          raw.put(at + 2, (byte) (long) values.get(0));
          at += 3;
        }
        case "sackOK" -> {
          head(raw, at, TcpOptions.SACK_PERMITTED, 2);
          at += 2;
        }
        case "sack" -> {
          head(raw, at, TcpOptions.SACK, 2 + 4 * values.size());
          at += 2;
          for (long edge : values) {
            raw.putInt(at, (int) edge + localBase);
            at += 4;
          }
        }
        case "TS" -> {
          head(raw, at, TcpOptions.TIMESTAMPS, 10);
          raw.putInt(at + 2, (int) (long) values.get(0));
          raw.putInt(at + 6, liveTimestamp(values.get(1)));
          at += 10;
          peerTimestamps |= (segment.flags() & TcpHeader.SYN) != 0;
        }
        default -> throw new Unsupported("TCP option " + option);
      }
    }
    if (at > TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH) {
      throw new Unsupported(at + " bytes of TCP options");
    }
    return Bytes.copyOf(raw, 0, at);
  }

  private static void head(ByteBuffer raw, int at, int kind, int length) {
    raw.put(at, (byte) kind);
    raw.put(at + 1, (byte) length);
  }

  private int liveTimestamp(long scripted) {
    Integer seen = timestamps.get(scripted);
    if (seen != null) {
      return seen;
    }
    return firstLiveTimestamp == null
        ? (int) scripted
        : (int) (scripted - firstScriptTimestamp) + firstLiveTimestamp;
  }

  /** The segment that an ICMP error is about. */
  TcpSegment quoted(long sequence) {
    return new TcpSegment(
        localPort,
        remotePort,
        (int) sequence + localBase,
        0,
        TcpHeader.ACK,
        0,
        0,
        TcpOptionSet.NONE,
        Bytes.EMPTY);
  }

  // ---- from the wire to the script ----

  /** Learns from a segment of the stack's before it is compared. */
  void learn(TcpSegment live) {
    if (live.has(TcpHeader.SYN) && (!baseKnown || reopened && live.sequence() != localBase)) {
      localBase = live.sequence();
      baseKnown = true;
      reopened = false;
      firstLiveTimestamp = null;
      timestamps.clear();
    }
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
  Segment toScript(Bench.Sent sent) {
    TcpSegment live = sent.segment();
    boolean ack = live.has(TcpHeader.ACK);
    // A RST that answers a segment without ACK has number 0 whatever the connection counts from.
    boolean bare = live.has(TcpHeader.RST | TcpHeader.ACK) && live.sequence() == 0;
    return new Segment(
        live.flags(),
        bare ? 0 : Integer.toUnsignedLong(live.sequence() - localBase),
        live.data().length(),
        ack ? Integer.toUnsignedLong(live.acknowledgment() - REMOTE_BASE) : -1,
        live.window(),
        live.has(TcpHeader.URG) ? live.urgentPointer() : -1,
        sent.trafficClass(),
        optionsOf(sent.rawOptions()));
  }

  private static List<Option> optionsOf(Bytes raw) {
    ByteBuffer bytes = ByteBuffer.wrap(raw.toArray());
    List<Option> options = new ArrayList<>();
    int at = 0;
    while (at < raw.length()) {
      int kind = bytes.get(at);
      if (kind == TcpOptions.NOP || kind == TcpOptions.EOL) {
        options.add(new Option(kind == TcpOptions.NOP ? "nop" : "eol", List.of()));
        at++;
        continue;
      }
      int length = bytes.get(at + 1) & 0xff;
      options.add(
          switch (kind) {
            case TcpOptions.MSS ->
                new Option("mss", List.of((long) (bytes.getShort(at + 2) & 0xffff)));
            case TcpOptions.WINDOW_SCALE -> new Option("wscale", List.of((long) bytes.get(at + 2)));
            case TcpOptions.SACK_PERMITTED -> new Option("sackOK", List.of());
            case TcpOptions.TIMESTAMPS ->
                new Option(
                    "TS",
                    List.of(
                        Integer.toUnsignedLong(bytes.getInt(at + 2)),
                        Integer.toUnsignedLong(bytes.getInt(at + 6))));
            case TcpOptions.SACK -> sack(bytes, at, length);
            default -> new Option("kind-" + kind, List.of());
          });
      at += Math.max(length, 2);
    }
    return options;
  }

  private static Option sack(ByteBuffer bytes, int at, int length) {
    List<Long> edges = new ArrayList<>();
    for (int i = 2; i < length; i += 4) {
      edges.add(Integer.toUnsignedLong(bytes.getInt(at + i) - REMOTE_BASE));
    }
    return new Option("sack", edges);
  }

  /** What a full segment of the stack's carries, once options are negotiated. */
  int effectiveMss(int mtu, boolean six, boolean timestampsInSegment) {
    int mss = Math.min(Math.max(peerMss, MIN_MSS), mtu - (six ? 60 : 40));
    return timestampsInSegment && peerTimestamps ? mss - 12 : mss;
  }
}
