package io.tapstack.cli;

import io.tapstack.drill.Knobs;
import io.tapstack.drill.Mode;
import io.tapstack.drill.Report;
import io.tapstack.drill.Runner;
import io.tapstack.drill.Script;
import io.tapstack.drill.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapstack drill}: packetdrill scripts over one stack, in virtual time. */
@Command(
    name = "drill",
    mixinStandardHelpOptions = true,
    description =
        "Run packetdrill scripts over one stack, in virtual time. Needs no root. One line per"
            + " script, then the totals; exit status 0 only if no script failed.")
final class DrillCommand implements Callable<Integer> {
  /** No script is nearly as long. */
  private static final long MAX_SIZE = 8 << 20;

  @Option(
      names = "--mode",
      paramLabel = "exact|neutral",
      defaultValue = "exact",
      description =
          "Compare everything as it is written, or by the RFCs and not by one kernel's choices"
              + " (default: ${DEFAULT-VALUE}).")
  private Mode mode = Mode.EXACT;

  @Option(
      names = "--set",
      paramLabel = "KNOB=VALUE",
      description = "Set a constant of the stack, stronger than a script's sysctl; repeatable.")
  private Map<String, String> sets = new LinkedHashMap<>();

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write an array with one object per script.")
  private @Nullable Path json;

  @Option(
      names = "--ip_version",
      paramLabel = "ipv4|ipv6|ipv4-mapped-ipv6",
      description = "The same as --set ip_version=...: run scripts over this version of IP.")
  private @Nullable String ipVersion;

  @Parameters(
      arity = "1..*",
      paramLabel = "SCRIPT|DIRECTORY",
      description = "Scripts, and directories whose *.pkt files are run, at any depth.")
  private List<Path> paths = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  @Spec
  private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  DrillCommand() {}

  @Override
  public Integer call() throws IOException {
    if (ipVersion != null) {
      sets.put("ip_version", ipVersion);
    }
    checkKnobs();
    PrintWriter out = spec.commandLine().getOut();
    Runner runner = new Runner(mode, sets);
    Report report = new Report();
    for (Path path : scripts()) {
      out.println(report.add(path.toString(), run(runner, path)));
    }
    out.println(report.totals());
    out.flush();
    if (json != null) {
      Files.writeString(json, report.json());
    }
    return report.failed() == 0 ? 0 : 1;
  }

  private static Verdict run(Runner runner, Path path) {
    try {
      if (!Files.isRegularFile(path)) { // a pipe could keep us waiting for ever
        return new Verdict.NotSupported("it is not a regular file");
      }
      if (Files.size(path) > MAX_SIZE) {
        return new Verdict.NotSupported("a script of " + Files.size(path) + " bytes");
      }
      // Scripts are ASCII; ISO 8859-1 reads any byte that a comment may have.
      String text = Files.readString(path, StandardCharsets.ISO_8859_1);
      return runner.run(Script.parse(text));
    } catch (IOException e) {
      return new Verdict.NotSupported("the file cannot be read: " + e);
    }
  }

  private void checkKnobs() {
    Knobs knobs = new Knobs();
    try {
      sets.forEach(knobs::set);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--set: " + e.getMessage(), e);
    }
  }

  private List<Path> scripts() throws IOException {
    List<Path> scripts = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new Failure("there is no " + path + "; expected a script or a directory of *.pkt");
      }
      if (!Files.isDirectory(path)) {
        scripts.add(path);
        continue;
      }
      try (Stream<Path> tree = Files.walk(path)) {
        List<Path> found =
            tree.filter(p -> p.toString().endsWith(".pkt") && !Files.isDirectory(p))
                .sorted()
                .toList();
        if (found.isEmpty()) {
          throw new Failure("there is no *.pkt file in " + path);
        }
        scripts.addAll(found);
      } catch (UncheckedIOException e) {
        throw new Failure("cannot look through " + path + ": " + e.getCause());
      }
    }
    return scripts;
  }
}
