package io.tapstack.cli.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;

/**
 * The report as a whole: a text, and plots by the names of their files. The same seed gives the
 * same report, byte for byte.
 */
public final class SimulationReport {
  /** What two flows of CUBIC must reach. */
  static final double FAIR = 0.95;

  /** What share of its limit a flow must reach on the promised path. */
  static final double NEAR = 0.9;

  private static final String INTRODUCTION =
      """
      One bulk flow from one host to another over one bottleneck with a drop-tail queue; MTU 1500,
      buffers of 16 MiB, virtual time. Goodput is what the receiving application reads. The limit is
      the smallest of
        bottleneck         the payload's share of its rate, less what is lost behind it
        window             the buffer per round trip
        response function  reno: 1.31 / sqrt(p) segments per round trip, Mathis et al. 1997, table 1,
                           for losses at random and a sender that counts bytes; cubic: RFC 9438
                           sections 5.1 and 4.3 (the Reno-friendly region), for losses at equal
                           distances; bbr: none, a loss alone does not slow it
      "Of ideal" compares with a model of the algorithm, round by round, to which nothing happens but
      random losses that are all repaired in one round trip.
      """;

  private static final double TRACED_WINDOWS = 20;

  private final List<String> congestion;
  private final long seed;
  private final boolean quick;
  private final Effort effort;
  private final double from;
  private final double to;
  private final StringBuilder text = new StringBuilder();
  private final Map<String, String> plots = new LinkedHashMap<>();
  private boolean kept = true;

  /**
   * A report that is still to be made.
   *
   * @param congestion the names of the congestion controls
   * @param from where the time-sequence plots begin, in seconds of virtual time
   * @param to where they end
   */
  public SimulationReport(
      List<String> congestion, long seed, boolean quick, double from, double to) {
    this(congestion, seed, quick, quick ? Effort.QUICK : Effort.FULL, from, to);
  }

  /** A report with an effort of its own. */
  SimulationReport(
      List<String> congestion, long seed, boolean quick, Effort effort, double from, double to) {
    this.congestion = List.copyOf(congestion);
    this.seed = seed;
    this.quick = quick;
    this.effort = effort;
    this.from = from;
    this.to = to;
  }

  /**
   * Simulates.
   *
   * @param progress hears how much is done, from 0 to 1
   */
  public SimulationReport run(DoubleConsumer progress) {
    List<Sweep> sweeps = Sweep.all(quick);
    List<Callable<Object>> tasks = new ArrayList<>();
    for (Sweep sweep : sweeps) {
      for (String name : congestion) {
        for (Sweep.Point point : sweep.points()) {
          long own = seed + tasks.size();
          tasks.add(() -> Measurement.of(name, point, effort, own));
        }
      }
    }
    int promises = tasks.size();
    for (String name : congestion) {
      tasks.add(() -> Promise.of(name, effort, seed, from, to, TRACED_WINDOWS));
    }
    int fairness = tasks.size();
    for (String name : congestion) {
      for (boolean together : new boolean[] {true, false}) {
        for (int i = 0; i < effort.fairnessRuns(); i++) {
          long own = seed + i;
          tasks.add(() -> Fairness.of(name, together, effort, own));
        }
      }
    }
    List<Object> results =
        Parallel.run(tasks, done -> progress.accept((double) done / tasks.size()));
    write(
        sweeps,
        all(results.subList(0, promises), Measurement.class),
        all(results.subList(promises, fairness), Promise.class),
        all(results.subList(fairness, results.size()), Fairness.class));
    return this;
  }

  private static <T> List<T> all(List<Object> results, Class<T> type) {
    return results.stream().map(type::cast).toList();
  }

  /** The text. */
  public String text() {
    return text.toString();
  }

  /** The plots: from the name of a file to the SVG in it. */
  public Map<String, String> plots() {
    return Map.copyOf(plots);
  }

  /** Whether the promises are kept. */
  public boolean keepsPromises() {
    return kept;
  }

  private void write(
      List<Sweep> sweeps,
      List<Measurement> measurements,
      List<Promise> promises,
      List<Fairness> fairness) {
    line("Tapstack simulation report: seed %d%s", seed, quick ? ", quick" : "");
    line("");
    text.append(INTRODUCTION);
    int next = 0;
    for (Sweep sweep : sweeps) {
      int count = sweep.points().size() * congestion.size();
      sweep(sweep, measurements.subList(next, next + count));
      next += count;
    }
    promised(promises);
    reordering(sweeps, measurements);
    fairness(fairness);
  }

  private void sweep(Sweep sweep, List<Measurement> measurements) {
    line("");
    line("%s (%s)", sweep.title(), sweep.constant());
    line("");
    TextTable table = table(sweep.axis().label());
    measurements.forEach(one -> row(table, Axis.number(one.x()), one));
    text.append(table);
    plots.put("goodput-" + sweep.name() + ".svg", GoodputPlot.of(sweep, measurements).svg());
  }

  private static TextTable table(String first) {
    return new TextTable(
        "cc",
        first,
        "Mbit/s",
        "limit",
        "by",
        "ratio",
        "of ideal",
        "sent again",
        "recoveries",
        "timeouts");
  }

  private static void row(TextTable table, String first, Measurement one) {
    PathRun.FlowResult flow = one.result().flows().get(0);
    table.row(
        one.congestion(),
        first,
        megabits(one.goodput()),
        megabits(one.limit().bitsPerSecond()),
        one.limit().reason().words,
        format("%.3f", one.ratio()),
        Double.isNaN(one.idealRatio()) ? "-" : format("%.3f", one.idealRatio()),
        flow.retransmitted(),
        flow.recoveries(),
        flow.timeouts());
  }

  private void promised(List<Promise> promises) {
    line("");
    line("Promise: 1 %% loss, 3 %% reordering by up to 25 ms, both ways, 50 ms, 100 Mbit/s:");
    line("at least %.0f %% of the limit", NEAR * 100);
    line("");
    TextTable table = table("loss, %");
    for (Promise promise : promises) {
      row(table, "1", promise.measurement());
      promise.plots().forEach((name, plot) -> plots.put(name, plot.svg()));
    }
    text.append(table);
    for (Promise promise : promises) {
      verdict(promise.measurement().ratio() >= NEAR, promise.measurement().congestion());
    }
  }

  private void reordering(List<Sweep> sweeps, List<Measurement> measurements) {
    line("");
    line("Promise: reordering alone costs less than 10 %% of goodput");
    line("");
    TextTable table = new TextTable("cc", "reordered", "of the goodput without");
    List<Boolean> verdicts = new ArrayList<>();
    int next = 0;
    for (Sweep sweep : sweeps) {
      int points = sweep.points().size();
      for (String name : congestion) {
        if (sweep.name().equals("reordering")) {
          boolean all = true;
          double without = measurements.get(next).goodput();
          for (Measurement one : measurements.subList(next + 1, next + points)) {
            double share = one.goodput() / without;
            table.row(name, Axis.number(one.x()) + " %", format("%.1f %%", share * 100));
            all &= share > NEAR;
          }
          verdicts.add(all);
        }
        next += points;
      }
    }
    text.append(table);
    for (int i = 0; i < verdicts.size(); i++) {
      verdict(verdicts.get(i), congestion.get(i));
    }
  }

  private void fairness(List<Fairness> fairness) {
    line("");
    line(
        "Fairness: two flows share 20 Mbit/s, 50 ms; Jain's index over the second half of %d s",
        effort.fairnessSeconds());
    line("");
    TextTable table =
        new TextTable(
            "cc", "begun", "seed", "flow 1, Mbit/s", "flow 2", "index", "bottleneck used");
    for (Fairness one : fairness) {
      table.row(
          one.congestion(),
          one.together() ? "together" : "apart",
          one.seed(),
          megabits(one.result().flows().get(0).goodput()),
          megabits(one.result().flows().get(1).goodput()),
          format("%.4f", one.index()),
          format("%.1f %%", one.use() * 100));
      if (one.seed() == seed) {
        plots.put(
            "fairness-" + one.congestion() + (one.together() ? "" : "-apart") + ".svg",
            one.plot().svg());
      }
    }
    text.append(table);
    List<Fairness> cubic =
        fairness.stream().filter(one -> one.congestion().equals("cubic")).toList();
    if (!cubic.isEmpty()) {
      verdict(cubic.stream().allMatch(one -> one.index() > FAIR), "cubic, above " + FAIR);
    }
  }

  private void verdict(boolean holds, String of) {
    kept &= holds;
    line("%s: %s", holds ? "kept" : "NOT KEPT", of);
  }

  private void line(String format, Object... values) {
    text.append(format(format, values)).append('\n');
  }

  private static String megabits(double bitsPerSecond) {
    return format("%.3f", bitsPerSecond / 1e6);
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
