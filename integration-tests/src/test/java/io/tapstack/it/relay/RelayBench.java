package io.tapstack.it.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Goodput over a bad path: from Linux to Linux, from this stack to Linux and from Linux to this
 * stack, over relays that do the same to their frames, with the same congestion control. All three
 * run at the same time, so that whatever else the machine does hits them alike. Not part of the
 * tests; the README says how to run it.
 */
@Command(
    name = "RelayBench",
    description = "Goodput over an impairing relay, against Linux.",
    sortOptions = false)
class RelayBench implements Callable<Integer> {
  private static final double MILLIS = 1e6;

  @Option(names = "--quick", description = "One algorithm, 1 %% loss, a few seconds.")
  private boolean quick;

  @Option(names = "--algorithms", split = ",", description = "Default: ${DEFAULT-VALUE}.")
  private List<String> algorithms = List.of("reno", "cubic", "bbr");

  @Option(names = "--loss", split = ",", description = "In percent; default: ${DEFAULT-VALUE}.")
  private List<Double> losses = List.of(0.0, 0.1, 1.0, 3.0);

  @Option(names = "--reorder", description = "In percent; default: ${DEFAULT-VALUE}.")
  private double reordering = 3;

  @Option(names = "--hold", description = "Milliseconds that such a frame is held back at most.")
  private double hold = 5;

  @Option(names = "--delay", description = "Milliseconds each way; default: ${DEFAULT-VALUE}.")
  private double delay = 25;

  @Option(names = "--rate", description = "Mbit/s, 0 for no limit; default: ${DEFAULT-VALUE}.")
  private double rate = 50;

  @Option(names = "--queue", description = "Frames before that rate; default: ${DEFAULT-VALUE}.")
  private int queue = 200;

  @Option(names = "--seconds", description = "Of a transfer; default: ${DEFAULT-VALUE}.")
  private double seconds = 20;

  @Option(names = "--repeat", description = "Seeds, all at once; default: ${DEFAULT-VALUE}.")
  private int repeat = 5;

  @Option(names = "--ways", split = ",", description = "Default: ${DEFAULT-VALUE}.")
  private List<Way> ways = List.of(Way.values());

  @Option(names = "--seed", description = "The first of them; default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(names = "--traces", description = "A directory for captures and time lines.")
  private @Nullable Path traces;

  private final PrintStream out = System.out;

  /** Runs with the arguments of a system property. */
  @Test
  void measure() {
    String arguments = System.getProperty("tapstack.bench", "").strip();
    int status =
        new CommandLine(this).execute(arguments.isEmpty() ? new String[0] : arguments.split(" +"));
    assertThat(status).isZero();
  }

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RelayBench()).execute(arguments));
  }

  @Override
  public Integer call() throws Exception {
    if (quick) {
      algorithms = List.of("reno");
      losses = List.of(1.0);
      seconds = 8;
      repeat = 3;
    }
    if (traces != null) {
      Files.createDirectories(traces);
    }
    out.printf(
        "%.0f ms each way, %.0f Mbit/s, a queue of %d frames; %.1f %% held back by up to %.0f ms;"
            + " %d transfers of %.0f s%n",
        delay, rate, queue, reordering, hold, repeat, seconds);
    out.println("Mbit/s: median (least-most) of all seeds; [median without the first third]");
    out.println("segments: sent again in % of all, timeouts, needless by D-SACK, per transfer");
    out.println();
    out.printf("%6s %-6s %-15s %28s %7s   %s%n", "loss", "", "", "Mbit/s", "ratio", "segments");
    warmUp();
    for (double loss : losses) {
      for (String algorithm : algorithms) {
        measure(loss, algorithm);
      }
    }
    return 0;
  }

  /** Lets the JVM compile what the stack and the relay do. */
  private void warmUp() throws Exception {
    Impairment good = Impairment.NONE.delay(1_000_000).rate(300_000_000).loss(0.001);
    together(
        List.of(
            run(Way.STACK_TO_LINUX, "reno", good, 3, 0, null),
            run(Way.LINUX_TO_STACK, "reno", good, 3, 0, null)));
  }

  private void measure(double loss, String algorithm) throws Exception {
    Impairment path =
        Impairment.NONE
            .delay(Math.round(delay * MILLIS))
            .rate(Math.round(rate * 1e6))
            .queueFrames(queue)
            .loss(loss / 100)
            .reordering(reordering / 100, Math.round(hold * MILLIS));
    List<Run> runs = new ArrayList<>();
    Path directory = traces == null ? null : traces.resolve("loss-" + loss);
    if (directory != null) {
      Files.createDirectories(directory);
    }
    for (int i = 0; i < repeat; i++) {
      for (Way way : ways) {
        runs.add(run(way, algorithm, path, seconds, seed + i, directory));
      }
    }
    List<Run.Result> results = together(runs);
    Map<Way, List<Run.Result>> byWay = new EnumMap<>(Way.class);
    for (int i = 0; i < runs.size(); i++) {
      byWay.computeIfAbsent(runs.get(i).way(), way -> new ArrayList<>()).add(results.get(i));
    }
    List<Run.Result> linux = byWay.getOrDefault(Way.LINUX_TO_LINUX, List.of());
    double reference = linux.isEmpty() ? 0 : median(linux, r -> r.received().goodput());
    byWay.forEach((way, of) -> print(loss, algorithm, way, of, reference));
    double late = results.stream().mapToDouble(Run.Result::late).average().orElse(0);
    if (late > 0.01) {
      out.printf(
          "%15s%.1f %% of the frames were late by more than 1 ms: the machine is busy%n",
          "", 100 * late);
    }
  }

  private void print(
      double loss, String algorithm, Way way, List<Run.Result> results, double reference) {
    double median = median(results, r -> r.received().goodput());
    double[] all = sorted(results, r -> r.received().goodput());
    out.printf(
        "%4.1f %% %-6s %-15s %6.2f (%5.2f-%5.2f) [%6.2f] %7s   %.2f %%, %.1f, %.1f%n",
        loss,
        algorithm,
        way.label,
        median,
        all[0],
        all[all.length - 1],
        median(results, r -> r.received().goodputLater()),
        way == Way.LINUX_TO_LINUX || reference == 0 ? "" : "%.2f".formatted(median / reference),
        100 * total(results, s -> s.retransmitted()) / total(results, s -> s.segments()),
        total(results, s -> s.timeouts()) / results.size(),
        total(results, s -> s.duplicates()) / results.size());
  }

  private static Run run(
      Way way, String algorithm, Impairment path, double seconds, long seed, @Nullable Path to) {
    return new Run(way, algorithm, path, seconds, seed, to);
  }

  private static List<Run.Result> together(List<Run> runs) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(runs.size());
    try {
      List<Future<Run.Result>> futures = new ArrayList<>();
      CyclicBarrier ready = new CyclicBarrier(runs.size());
      for (Run run : runs) {
        futures.add(threads.submit(() -> run.run(ready)));
      }
      List<Run.Result> results = new ArrayList<>();
      for (Future<Run.Result> future : futures) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdown();
    }
  }

  private static double total(List<Run.Result> results, ToLongFunction<Sent> what) {
    return results.stream().mapToLong(r -> what.applyAsLong(r.sent())).sum();
  }

  private static double[] sorted(List<Run.Result> results, ToDoubleFunction<Run.Result> what) {
    return results.stream().mapToDouble(what).sorted().toArray();
  }

  private static double median(List<Run.Result> results, ToDoubleFunction<Run.Result> what) {
    double[] values = sorted(results, what);
    return values[values.length / 2];
  }
}
