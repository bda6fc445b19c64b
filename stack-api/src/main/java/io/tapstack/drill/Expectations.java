package io.tapstack.drill;

import io.tapstack.drill.Script.Event;
import io.tapstack.drill.Script.Segment;
import io.tapstack.wire.TcpSegment;
import io.tapstack.wire.UdpDatagram;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** What a script expects the stack to send, held against what it sends. */
final class Expectations {
  private static final int MAX_WARNINGS = 8;

  private final Settings settings;
  private final Bench bench;
  private final Flows flows;
  private final LongFunction<Bench.@Nullable Sent> await;
  private final PacketMatcher matcher;
  private final Leniency leniency;

  /**
   * Expectations of one run.
   *
   * @param await lets time pass until the stack has sent something, or a time is there
   */
  Expectations(
      Mode mode,
      Settings settings,
      Bench bench,
      Flows flows,
      LongFunction<Bench.@Nullable Sent> await) {
    this.settings = settings;
    this.bench = bench;
    this.flows = flows;
    this.await = await;
    matcher = new PacketMatcher(mode, settings);
    leniency = new Leniency(mode, matcher);
  }

  /** What is odd and not wrong, each once. */
  List<String> warnings() {
    return matcher.warnings().stream().distinct().limit(MAX_WARNINGS).toList();
  }

  /** Waits for a segment. */
  void segment(Event event, Segment expected, long from, long limit) {
    List<Segment> parts = List.of(expected);
    Flow own = flows.of(false, expected.envelope(), false);
    for (int part = 0; part < parts.size(); ) {
      Segment wanted = parts.get(part);
      Bench.Sent sent = await.apply(limit);
      if (sent == null) {
        if (leniency.excuses(event, wanted, own, limit)) {
          return;
        }
        throw new Mismatch(event.text(), "nothing until " + Run.seconds(limit));
      }
      TcpSegment live = sent.segment();
      if (live == null) {
        throw new Mismatch(event.text(), text(sent));
      }
      Flow flow = flowOf(sent);
      flow.learn(sent);
      Segment seen = flow.toScript(sent, live);
      if (part == 0) {
        parts = parts(expected, seen, flow);
        wanted = parts.get(0);
      }
      String difference = flow == own ? matcher.difference(wanted, seen, flow) : "connection";
      if (difference == null && !flow.carriesWhatWasWritten(seen, live)) {
        difference = "payload";
      }
      if (difference == null && sent.time() < from) {
        difference = "time";
      }
      if (difference == null) {
        bench.sent().poll();
        took(wanted, seen, flow);
        part++;
      } else if (!isWrongCopy(wanted, seen, difference)
          && leniency.tolerates(seen, sent.time(), flow)) {
        bench.sent().poll();
      } else if (part == 0
          && !isWrongCopy(wanted, seen, difference)
          && leniency.excuses(event, wanted, flow, limit)) {
        return;
      } else {
        throw new Mismatch(event.text(), saw(sent, seen) + " (differs: " + difference + ")");
      }
    }
  }

  /** The listed ACK came, and is wrong: that is neither an unlisted nor a missing one. */
  private static boolean isWrongCopy(Segment wanted, Segment seen, String difference) {
    return PacketMatcher.isPureAck(wanted)
        && PacketMatcher.isPureAck(seen)
        && wanted.ack() == seen.ack()
        && !difference.equals("time");
  }

  private void took(Segment wanted, Segment seen, Flow flow) {
    Script.Option scripted = PacketMatcher.timestamps(wanted);
    Script.Option live = PacketMatcher.timestamps(seen);
    if (scripted != null && live != null) {
      flow.pairTimestamps(scripted.values().get(0), (int) (long) live.values().get(0));
    }
    leniency.listed(seen, flow);
  }

  /** A range that is longer than a full segment may come in several. */
  private List<Segment> parts(Segment expected, Segment seen, Flow flow) {
    int mss =
        settings.segmentSize() > 0 && settings.segmentSize() == seen.length()
            ? settings.segmentSize()
            : flow.effectiveMss(settings, PacketMatcher.timestamps(seen) != null);
    if (settings.strictSegments() || expected.length() <= mss) {
      return List.of(expected);
    }
    List<Segment> parts = new ArrayList<>();
    for (int at = 0; at < expected.length(); at += mss) {
      int length = Math.min(mss, expected.length() - at);
      boolean last = at + length == expected.length();
      parts.add(PacketMatcher.part(expected, at, length, last));
    }
    return parts;
  }

  /** Waits for a datagram. */
  void datagram(Event event, Script.Datagram expected, long from, long limit) {
    Bench.Sent sent = await.apply(limit);
    if (sent == null) {
      throw new Mismatch(event.text(), "nothing until " + Run.seconds(limit));
    }
    if (!(sent.payload() instanceof UdpDatagram live)) {
      throw new Mismatch(event.text(), text(sent));
    }
    Flow own = flows.of(true, expected.envelope(), false);
    String difference =
        live.data().length() != expected.length()
            ? "length"
            : flowOf(sent) != own
                ? "ports"
                : sent.time() < from
                    ? "time"
                    : PacketMatcher.envelopeDifference(expected.envelope(), sent.envelope());
    if (difference != null) {
      throw new Mismatch(event.text(), text(sent) + " (differs: " + difference + ")");
    }
    own.learn(sent);
    bench.sent().poll();
  }

  /** After the last event: nothing may be left over, and excuses must be made good. */
  void finish() {
    swallow();
    while (leniency.deadline() >= 0 && await.apply(leniency.deadline()) != null) {
      swallow();
    }
    leniency.checkNothingOwed();
  }

  private void swallow() {
    for (Bench.Sent sent; (sent = bench.sent().poll()) != null; ) {
      TcpSegment live = sent.segment();
      if (live == null) {
        throw new Mismatch("nothing more", text(sent));
      }
      Flow flow = flowOf(sent);
      flow.learn(sent);
      Segment seen = flow.toScript(sent, live);
      if (!leniency.tolerates(seen, sent.time(), flow)) {
        throw new Mismatch("nothing more", saw(sent, seen));
      }
    }
  }

  private Flow flowOf(Bench.Sent sent) {
    TcpSegment tcp = sent.segment();
    Flow flow =
        tcp != null
            ? flows.find(false, tcp.sourcePort(), tcp.destinationPort())
            : sent.payload() instanceof UdpDatagram udp
                ? flows.find(true, udp.sourcePort(), udp.destinationPort())
                : null;
    if (flow == null) {
      throw new Mismatch("a packet of a connection of the script", text(sent));
    }
    return flow;
  }

  private static String saw(Bench.Sent sent, Segment seen) {
    return seen + " at " + Run.seconds(sent.time());
  }

  private static String text(Bench.Sent sent) {
    return sent.payload() + " at " + Run.seconds(sent.time());
  }
}
