package io.tapstack.drill;

import io.tapstack.drill.Script.Event;
import io.tapstack.drill.Script.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs one script over a stack of its own. Time is virtual: it jumps from one event, or one timer
 * of the stack, to the next.
 */
public final class Runner {
  private static final long WHENEVER = 3_600_000_000_000L;
  private static final int MAX_STEPS = 1_000_000;

  private final Mode mode;
  private final Map<String, String> sets;

  /**
   * A runner, for any number of scripts.
   *
   * @param sets knobs by name, stronger than what scripts set; see {@link Knobs#names}
   */
  public Runner(Mode mode, Map<String, String> sets) {
    this.mode = mode;
    this.sets = Map.copyOf(sets);
  }

  /** Runs a script to its end or to what is wrong. */
  public Verdict run(Script script) {
    String unsupported = script.unsupported();
    if (unsupported != null) {
      return new Verdict.NotSupported(unsupported);
    }
    try {
      Knobs knobs = new Knobs();
      script.setup().forEach(knobs::shell);
      int first = 0;
      while (first < script.events().size()
          && script.events().get(first).action() instanceof Script.Shell shell) {
        knobs.shell(shell.command());
        first++;
      }
      sets.forEach(knobs::set);
      return new Run(Settings.of(script.options()), knobs).run(script.events(), first);
    } catch (Unsupported e) {
      return new Verdict.NotSupported(String.valueOf(e.getMessage()));
    }
  }

  /** A call that blocks. */
  private record Blocked(
      Event event, Script.Call call, Operation operation, long start, long end) {}

  /** The state of one run. */
  private final class Run {
    private final Settings settings;
    private final Bench bench;
    private final Sockets sockets;
    private final PacketMatcher matcher;
    private final List<Flow> flows = new ArrayList<>();
    private final Leniency leniency;
    private @Nullable Blocked blocked;
    private long previous;

    Run(Settings settings, Knobs knobs) {
      this.settings = settings;
      bench = new Bench(settings, knobs.tcp());
      matcher = new PacketMatcher(mode, settings);
      leniency = new Leniency(mode, matcher);
      flows.add(new Flow(settings.localPort(), settings.remotePort(), !settings.local().isV4()));
      sockets = new Sockets(bench, settings, knobs, flows::add);
    }

    Verdict run(List<Event> events, int first) {
      int line = 1;
      try {
        for (Event event : events.subList(first, events.size())) {
          line = event.line();
          execute(event);
        }
        awaitBlocked();
        finish();
        return new Verdict.Passed();
      } catch (Mismatch e) {
        return new Verdict.Failed(e.line > 0 ? e.line : line, e.expected, e.seen);
      } catch (Unsupported e) {
        return new Verdict.NotSupported("line " + line + ": " + e.getMessage());
      }
    }

    private void execute(Event event) {
      Script.When when = event.when();
      long base = when.relative() ? previous : 0;
      long start = when.any() ? bench.now() : base + when.start();
      long end = when.any() ? bench.now() : base + when.end();
      if (event.action() instanceof Script.Outbound outbound) {
        long limit = when.any() ? bench.now() + WHENEVER : end + settings.toleranceNanos();
        long from = when.any() ? Long.MIN_VALUE : start - settings.toleranceNanos();
        expect(event, outbound.segment(), from, limit);
        previous = when.any() ? bench.now() : start;
        return;
      }
      goTo(start);
      previous = start;
      if (event.action() instanceof Script.Inbound inbound) {
        Flow flow = current();
        if (inbound.segment().length() > settings.mtu()) {
          throw new Unsupported(
              inbound.segment().length() + " bytes in a segment over an MTU of " + settings.mtu());
        }
        bench.inject(
            Math.max(inbound.segment().trafficClass(), 0),
            flow.toWire(inbound.segment(), bench.now()));
      } else if (event.action() instanceof Script.Icmp icmp) {
        if (icmp.quotedSequence() < 0) {
          throw new Unsupported("an ICMP error that quotes no segment");
        }
        bench.inject(0, IcmpErrors.of(icmp, settings, current().quoted(icmp.quotedSequence())));
      } else if (event.action() instanceof Script.Code code) {
        Assertions.check(code.source(), sockets.latest());
      } else if (event.action() instanceof Script.Shell shell) {
        throw new Unsupported("a shell command during the run: " + shell.command());
      } else if (event.action() instanceof Script.Call call) {
        call(event, call, start, end);
      }
      retry();
    }

    private Flow current() {
      return flows.get(flows.size() - 1);
    }

    // ---- time ----

    /** Lets everything happen that is due until a time, and stops there. */
    private void goTo(long time) {
      for (int steps = 0; stepTo(time); steps++) {
        if (steps > MAX_STEPS) {
          throw new IllegalStateException("the stack's timers never end at " + seconds(time));
        }
      }
      bench.advance(time);
      overdue();
    }

    /** One thing that is due until a time; false if there is none. */
    private boolean stepTo(long time) {
      long wake = blocked == null ? Long.MAX_VALUE : blocked.operation().deadline();
      if (bench.step(Math.min(time, wake))) {
        retry();
        return true;
      }
      if (wake <= time) {
        bench.advance(wake);
        retry();
        return true;
      }
      return false;
    }

    // ---- calls ----

    private void call(Event event, Script.Call call, long start, long end) {
      awaitBlocked();
      blocked = new Blocked(event, call, sockets.start(call), start, end);
      retry();
      if (end == start) {
        awaitBlocked();
      }
    }

    private void retry() {
      Blocked b = blocked;
      if (b == null) {
        return;
      }
      Outcome outcome = b.operation().attempt();
      bench.settle();
      if (outcome == null) {
        return;
      }
      blocked = null;
      check(b, outcome);
    }

    private void check(Blocked b, Outcome outcome) {
      Script.Call call = b.call();
      boolean same =
          call.result() instanceof Value.Any
              || Constants.integer(call.result()) == outcome.value()
                  && (call.errno() == null || call.errno().equals(outcome.errno()));
      if (!same || outcome.output() != null) {
        throw new Mismatch(b.event().line(), b.event().text(), outcome.toString());
      }
      long now = bench.now();
      long earliest = mode == Mode.EXACT ? b.end() : b.start();
      if (now < earliest - settings.toleranceNanos() || now > b.end() + settings.toleranceNanos()) {
        throw new Mismatch(
            b.event().line(), b.event().text(), "the call returned at " + seconds(now));
      }
    }

    /** A call that should have returned by now fails the script. */
    private void overdue() {
      Blocked b = blocked;
      if (b != null && bench.now() > b.end() + settings.toleranceNanos()) {
        throw new Mismatch(
            b.event().line(), b.event().text(), "the call still blocks at " + seconds(bench.now()));
      }
    }

    private void awaitBlocked() {
      while (blocked != null) {
        long limit = blocked.end() + settings.toleranceNanos();
        if (!stepTo(limit)) {
          bench.advance(limit + 1);
          overdue();
        }
      }
    }

    // ---- packets ----

    private void expect(Event event, Segment expected, long from, long limit) {
      List<Segment> parts = List.of(expected);
      for (int part = 0; part < parts.size(); ) {
        Segment wanted = parts.get(part);
        Bench.Sent sent = awaitPacket(limit);
        if (sent == null) {
          if (leniency.excuses(event, wanted, current(), limit)) {
            return;
          }
          throw new Mismatch(event.text(), "nothing until " + seconds(limit));
        }
        Flow flow = flowOf(sent);
        flow.learn(sent.segment());
        Segment seen = flow.toScript(sent);
        if (part == 0) {
          parts = parts(expected, seen, flow);
          wanted = parts.get(0);
        }
        String difference =
            flow == current() ? matcher.difference(wanted, seen, flow) : "connection";
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
          flow.effectiveMss(
              settings.mtu(), !settings.local().isV4(), PacketMatcher.timestamps(seen) != null);
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

    private Bench.@Nullable Sent awaitPacket(long limit) {
      for (int steps = 0; bench.sent().isEmpty() && stepTo(limit); steps++) {
        if (steps > MAX_STEPS) {
          throw new IllegalStateException("the stack's timers never end at " + seconds(limit));
        }
      }
      overdue();
      return bench.sent().peek();
    }

    private Flow flowOf(Bench.Sent sent) {
      for (int i = flows.size() - 1; i >= 0; i--) {
        Flow flow = flows.get(i);
        if (flow.localPort == sent.segment().sourcePort()
            && flow.remotePort == sent.segment().destinationPort()) {
          return flow;
        }
      }
      throw new Mismatch(
          "a segment of a connection of the script",
          sent.segment() + " at " + seconds(sent.time()));
    }

    /** After the last event: nothing may be left over, and excuses must be made good. */
    private void finish() {
      goTo(Math.max(previous, bench.now()) + settings.toleranceNanos());
      swallow();
      while (leniency.deadline() >= 0 && stepTo(leniency.deadline())) {
        swallow();
      }
      leniency.checkNothingOwed();
    }

    private void swallow() {
      for (Bench.Sent sent; (sent = bench.sent().poll()) != null; ) {
        Flow flow = flowOf(sent);
        flow.learn(sent.segment());
        Segment seen = flow.toScript(sent);
        if (!leniency.tolerates(seen, sent.time(), flow)) {
          throw new Mismatch("nothing more", saw(sent, seen));
        }
      }
    }

    private static String saw(Bench.Sent sent, Segment seen) {
      return PacketMatcher.text(seen) + " at " + seconds(sent.time());
    }
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.6f", nanos / 1e9);
  }
}
