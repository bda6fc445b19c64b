package io.tapstack.drill;

import io.tapstack.drill.Script.Event;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.UdpDatagram;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One run of a script: its events in their order, and the clock. */
final class Run {
  private static final long WHENEVER = TimeUnit.HOURS.toNanos(1);

  /** A script that goes on for longer is stuck in what it waits for. */
  private static final long LONGEST = TimeUnit.DAYS.toNanos(3650);

  /** How many turns of the stack, and how much real time, one script may take. */
  private static final int MAX_STEPS = 5_000_000;

  private static final long MAX_WORK = TimeUnit.SECONDS.toNanos(20);

  /** A call that blocks. */
  private record Blocked(
      Event event, Script.Call call, Operation operation, long start, long end) {}

  private final Mode mode;
  private final Settings settings;
  private final Bench bench;
  private final Sockets sockets;
  private final Flows flows;
  private final Expectations expectations;
  private final Map<String, Object> variables = new HashMap<>();
  private final long began = System.nanoTime();
  private @Nullable Blocked blocked;
  private long previous;
  private int steps;

  Run(Mode mode, Settings settings, Knobs knobs) {
    this.mode = mode;
    this.settings = settings;
    bench = new Bench(settings, knobs.tcp());
    flows = new Flows(settings);
    expectations = new Expectations(mode, settings, bench, flows, this::await);
    sockets = new Sockets(bench, settings, knobs, flows);
  }

  Verdict run(List<Event> events) {
    Event event = null;
    try {
      for (Event next : events) {
        event = next;
        execute(next);
      }
      awaitBlocked();
      goTo(Math.max(previous, bench.now()) + settings.toleranceNanos());
      expectations.finish();
      return new Verdict.Passed(expectations.warnings());
    } catch (Mismatch e) {
      int line = event == null ? 1 : event.line();
      return new Verdict.Failed(e.line > 0 ? e.line : line, e.expected, e.seen);
    } catch (Unsupported e) {
      return new Verdict.NotSupported(
          "line " + (event == null ? 1 : event.line()) + ": " + e.getMessage());
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      // Nothing of the script's or the peer's may make the stack throw: it is its fault.
      return new Verdict.Failed(
          event == null ? 1 : event.line(),
          event == null ? "the end" : event.text(),
          "an exception: " + e);
    }
  }

  private void execute(Event event) {
    Script.When when = event.when();
    long base = when.relative() ? previous : 0;
    long start = when.any() ? bench.now() : base + when.start();
    long end = when.any() ? bench.now() : base + when.end();
    if (end > LONGEST) {
      throw new Unsupported("a run of more than ten years");
    }
    long limit = when.any() ? bench.now() + WHENEVER : end + settings.toleranceNanos();
    long from = when.any() ? Long.MIN_VALUE : start - settings.toleranceNanos();
    if (event.action() instanceof Script.Outbound outbound) {
      expectations.segment(event, outbound.segment(), from, limit);
      previous = when.any() ? bench.now() : start;
      return;
    }
    if (event.action() instanceof Script.OutboundUdp outbound) {
      expectations.datagram(event, checked(outbound.datagram()), from, limit);
      previous = when.any() ? bench.now() : start;
      return;
    }
    if (when.any()) {
      throw new Unsupported("syntax: * for what the script itself does");
    }
    goTo(start);
    previous = start;
    if (event.action() instanceof Script.Call call) {
      call(event, call, start, end);
    } else {
      happen(event.action());
    }
    retry();
  }

  private void happen(Script.Action action) {
    if (action instanceof Script.Inbound inbound) {
      Script.Segment segment = inbound.segment();
      if (segment.length() > settings.mtu()) {
        throw new Unsupported(
            segment.length() + " bytes in a segment over an MTU of " + settings.mtu());
      }
      Flow flow = flows.of(false, segment.envelope(), true);
      bench.inject(segment, flow.toWire(segment, bench.now()));
    } else if (action instanceof Script.InboundUdp inbound) {
      Script.Datagram datagram = checked(inbound.datagram());
      Flow flow = flows.of(true, datagram.envelope(), true);
      bench.inject(
          datagram.envelope(),
          new UdpDatagram(flow.remotePort, flow.localPort, Bytes.pattern(0, datagram.length())));
    } else if (action instanceof Script.Icmp icmp) {
      Script.Quoted quoted = icmp.quoted();
      Flow flow = quoted == null ? flows.latest() : flows.latest(quoted.udp());
      bench.inject(Script.Envelope.PLAIN, IcmpErrors.of(icmp, settings, flow.quoted(quoted)));
      flow.pathMtu((int) Math.min(icmp.mtu(), Integer.MAX_VALUE));
    } else if (action instanceof Script.Code code) {
      Expression.run(code.source(), name -> InfoFields.of(name, sockets.latest()), variables);
    } else if (action instanceof Script.Shell shell && !Knobs.isIndifferent(shell.command())) {
      throw new Unsupported("a shell command during the run: " + shell.command());
    }
  }

  private Script.Datagram checked(Script.Datagram datagram) {
    if (datagram.length() + settings.headers() - 12 > settings.mtu()) {
      throw new Unsupported("a datagram in fragments");
    }
    return datagram;
  }

  // ---- time ----

  /** Lets everything happen that is due until a time, and stops there. */
  private void goTo(long time) {
    while (stepTo(time)) {
      count();
    }
    bench.advance(time);
    overdue();
  }

  private void count() {
    steps++;
    if (steps > MAX_STEPS || steps % 1024 == 0 && System.nanoTime() - began > MAX_WORK) {
      throw new Unsupported("more than " + steps + " turns of the stack");
    }
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

  /** Waits for the next packet of the stack's, which stays where it is; null if none comes. */
  private Bench.@Nullable Sent await(long limit) {
    while (bench.sent().isEmpty() && stepTo(limit)) {
      count();
    }
    overdue();
    return bench.sent().peek();
  }

  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.6f", nanos / 1e9);
  }

  // ---- calls ----

  private void call(Event event, Script.Call call, long start, long end) {
    awaitBlocked();
    blocked = new Blocked(event, call, sockets.start(call), start, end);
    bench.settle();
    retry();
    if (!event.when().blocking()) {
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
      count();
      long limit = blocked.end() + settings.toleranceNanos();
      if (!stepTo(limit)) {
        bench.advance(limit + 1);
        overdue();
      }
    }
  }
}
