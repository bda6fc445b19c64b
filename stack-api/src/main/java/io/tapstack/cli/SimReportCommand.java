package io.tapstack.cli;

import io.tapstack.cli.report.SimulationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tapstack sim report}: how near TCP comes to what is possible, on many simulated paths. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description =
        "Measure goodput against loss, round trip time, reordering and rate, and fairness, for each"
            + " congestion control, beside what theory allows; in virtual time. The same seed gives"
            + " the same report. Exit status 1 if a promise is not kept.")
final class SimReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to write report.txt and the plots as SVG; without it, text only.")
  private @Nullable Path out;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Where all chance comes from (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(names = "--quick", description = "Fewer and shorter runs: some seconds, rough figures.")
  private boolean quick;

  @Option(
      names = "--congestion",
      paramLabel = "NAME",
      split = ",",
      description = "Which congestion controls to measure (default: all).")
  private @Nullable List<String> congestion;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      converter = Amount.Nanos.class,
      defaultValue = "0s",
      description = "Where the time-sequence plots begin (default: ${DEFAULT-VALUE}).")
  private long from;

  @Option(
      names = "--to",
      paramLabel = "TIME",
      converter = Amount.Nanos.class,
      defaultValue = "3s",
      description = "Where they end (default: ${DEFAULT-VALUE}).")
  private long to = 3_000_000_000L;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init")
  SimReportCommand() {}

  @Override
  public Integer call() throws IOException {
    List<String> names = CongestionOption.checked(spec, congestion);
    if (to <= from) {
      throw new ParameterException(spec.commandLine(), "--to must be later than --from");
    }
    boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    SimulationReport report =
        new SimulationReport(names, seed, quick, from / 1e9, to / 1e9)
            .run(done -> progress(terminal, done));
    System.out.print(report.text());
    System.out.flush();
    Path directory = out;
    if (directory != null) {
      write(directory, report);
    }
    return report.keepsPromises() ? 0 : 1;
  }

  private static void progress(boolean terminal, double done) {
    if (terminal) {
      System.err.printf("\rreport %3.0f %%%s", done * 100, done == 1 ? "\r            \r" : "");
      System.err.flush();
    }
  }

  private static void write(Path directory, SimulationReport report) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("report.txt"), report.text());
    for (Map.Entry<String, String> plot : new TreeMap<>(report.plots()).entrySet()) {
      Files.writeString(directory.resolve(plot.getKey()), plot.getValue());
    }
    System.out.println();
    System.out.println(
        "report.txt and " + report.plots().size() + " plots are in " + directory.toAbsolutePath());
  }
}
