package io.tapstack.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The timer wheel against a map from timers to deadlines. */
class TimerWheelProperties {
  private static final int TIMERS = 12;
  private static final long MILLI = 1_000_000L;
  private static final long DAY = 86_400_000_000_000L;

  /** What a step does, and to which timer. */
  enum Kind {
    SCHEDULE,
    CANCEL,
    ADVANCE,
    ADVANCE_TO_NEXT
  }

  /** One step; the distance is in nanoseconds. */
  record Step(Kind kind, int timer, long distance) {}

  /** What a timer does when it fires, besides being counted. */
  private static final class Recorded extends Timer {
    private final Bench bench;
    private final int number;

    Recorded(Bench bench, int number) {
      this.bench = bench;
      this.number = number;
    }

    @Override
    protected void fire(long now) {
      bench.fired(number, now);
    }
  }

  private static final class Bench {
    final TimerWheel wheel;
    final List<Recorded> timers = new ArrayList<>();
    final Map<Integer, Long> model = new HashMap<>();
    long now;
    int fired;

    /** What timers do to others when they fire: timer, other, and the distance or -1 to cancel. */
    final List<Step> reactions;

    Bench(long start, List<Step> reactions) {
      now = start;
      this.reactions = reactions;
      wheel = new TimerWheel(start);
      for (int i = 0; i < TIMERS; i++) {
        timers.add(new Recorded(this, i));
      }
    }

    void fired(int number, long at) {
      Long deadline = model.remove(number);
      assertThat(deadline).as("a timer fired that was not scheduled").isNotNull();
      assertThat(at).isEqualTo(now);
      assertThat(deadline).as("fired early").isLessThanOrEqualTo(now);
      assertThat(timers.get(number).isScheduled()).isFalse();
      fired++;
      if (number < reactions.size()) {
        Step reaction = reactions.get(number);
        if (reaction.kind == Kind.CANCEL) {
          cancel(reaction.timer);
        } else {
          schedule(reaction.timer, now + 1 + Math.abs(reaction.distance));
        }
      }
    }

    void schedule(int number, long deadline) {
      wheel.schedule(timers.get(number), deadline);
      model.put(number, deadline);
      assertThat(timers.get(number).deadline()).isEqualTo(deadline);
    }

    void cancel(int number) {
      wheel.cancel(timers.get(number));
      model.remove(number);
    }

    void advance(long to) {
      now = to;
      int before = fired;
      assertThat(wheel.advance(now)).isEqualTo(fired - before);
      for (Map.Entry<Integer, Long> entry : model.entrySet()) {
        assertThat(entry.getValue()).as("timer %s was lost", entry.getKey()).isGreaterThan(now);
      }
    }

    void check() {
      assertThat(wheel.size()).isEqualTo(model.size());
      for (int i = 0; i < TIMERS; i++) {
        assertThat(timers.get(i).isScheduled()).isEqualTo(model.containsKey(i));
      }
      long next = wheel.nextDeadline();
      long earliest =
          model.values().stream().mapToLong(Long::longValue).min().orElse(TimerWheel.NONE);
      assertThat(next).as("the next deadline").isLessThanOrEqualTo(earliest);
      if (model.isEmpty()) {
        assertThat(next).isEqualTo(TimerWheel.NONE);
      }
    }
  }

  @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
  void neverEarlyAndNeverLost(
      @ForAll("starts") long start,
      @ForAll @Size(max = 60) List<@From("steps") Step> steps,
      @ForAll @Size(max = 6) List<@From("steps") Step> reactions) {
    Bench bench = new Bench(start, new ArrayList<>(reactions));
    for (Step step : steps) {
      switch (step.kind) {
        case SCHEDULE -> bench.schedule(step.timer, bench.now + step.distance);
        case CANCEL -> bench.cancel(step.timer);
        case ADVANCE -> bench.advance(bench.now + Math.abs(step.distance));
        case ADVANCE_TO_NEXT -> {
          long next = bench.wheel.nextDeadline();
          if (next != TimerWheel.NONE) {
            bench.advance(Math.max(bench.now, next));
          }
        }
      }
      bench.check();
    }
    // Going from deadline to deadline fires everything in few turns, though the next deadline may
    // be told early: once per level, and per 52 days of a timer beyond the wheel's reach.
    bench.reactions.clear();
    for (int turn = 0; !bench.model.isEmpty(); turn++) {
      assertThat(turn).as("turns without an end").isLessThan(TIMERS * (4 + 3) + 1);
      bench.advance(Math.max(bench.now, bench.wheel.nextDeadline()));
      bench.check();
    }
  }

  @Provide
  Arbitrary<Long> starts() {
    return Arbitraries.oneOf(
        Arbitraries.of(0L, 1L, 255L << 20, (1L << 28) - 1, (1L << 36) - 1, (1L << 44) - 1),
        Arbitraries.longs().between(0, Long.MAX_VALUE / 4),
        Arbitraries.longs().between(-DAY, 0));
  }

  @Provide
  Arbitrary<Step> steps() {
    Arbitrary<Long> distances =
        Arbitraries.oneOf(
            Arbitraries.longs().between(-3 * MILLI, 3 * MILLI),
            Arbitraries.longs().between(0, 300 * MILLI),
            Arbitraries.longs().between(0, 70_000 * MILLI),
            Arbitraries.longs().between(0, DAY),
            Arbitraries.longs().between(0, 120 * DAY),
            Arbitraries.of(1L << 20, 1L << 28, 1L << 36, 1L << 44, 1L << 52));
    return Combinators.combine(
            Arbitraries.of(Kind.class), Arbitraries.integers().between(0, TIMERS - 1), distances)
        .as(Step::new);
  }

  @Example
  void firesTenThousandInOneAdvance() {
    TimerWheel wheel = new TimerWheel(0);
    int[] fired = new int[1];
    for (int i = 0; i < 10_000; i++) {
      Timer timer =
          new Timer() {
            @Override
            protected void fire(long now) {
              fired[0]++;
            }
          };
      wheel.schedule(timer, i * 3 * MILLI);
    }
    assertThat(wheel.advance(15_000 * MILLI)).isEqualTo(5_001);
    assertThat(wheel.advance(30_000 * MILLI)).isEqualTo(4_999);
    assertThat(fired[0]).isEqualTo(10_000);
    assertThat(wheel.nextDeadline()).isEqualTo(TimerWheel.NONE);
  }
}
