package io.tapstack.cli;

import io.tapstack.sim.Impairment;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tapstack sim}: a download between two stacks over a bad wire, in virtual time. */
@Command(
    name = "sim",
    mixinStandardHelpOptions = true,
    subcommands = SimReportCommand.class,
    description =
        "Download over HTTP from one stack to another in this process, over a simulated wire and"
            + " in virtual time. Needs no root; the same seed gives the same run.")
final class SimCommand implements Callable<Integer> {
  @Mixin private NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--loss",
      paramLabel = "SHARE",
      converter = Amount.Share.class,
      defaultValue = "1%",
      description = "How many frames are lost (default: ${DEFAULT-VALUE}).")
  private double loss = 0.01;

  @Option(
      names = "--delay",
      paramLabel = "TIME",
      converter = Amount.Nanos.class,
      defaultValue = "10ms",
      description = "How long a frame is under way (default: ${DEFAULT-VALUE}).")
  private long delay = 10_000_000;

  @Option(
      names = "--rate",
      paramLabel = "BITS",
      converter = Amount.BitRate.class,
      defaultValue = "100M",
      description = "Bits per second, 0 for no limit (default: ${DEFAULT-VALUE}).")
  private long rate = 100_000_000;

  @Option(
      names = "--reorder",
      paramLabel = "SHARE",
      converter = Amount.Share.class,
      defaultValue = "0",
      description = "How many frames are overtaken by later ones (default: ${DEFAULT-VALUE}).")
  private double reorder;

  @Option(
      names = "--duplicate",
      paramLabel = "SHARE",
      converter = Amount.Share.class,
      defaultValue = "0",
      description = "How many frames arrive twice (default: ${DEFAULT-VALUE}).")
  private double duplicate;

  @Option(
      names = "--corrupt",
      paramLabel = "SHARE",
      converter = Amount.Share.class,
      defaultValue = "0",
      description = "In how many frames a bit flips (default: ${DEFAULT-VALUE}).")
  private double corrupt;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Where all chance comes from (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      converter = Amount.Bytes.class,
      defaultValue = "10M",
      description = "How much is downloaded (default: ${DEFAULT-VALUE}).")
  private long bytes = 10_000_000;

  @Option(
      names = "--congestion",
      paramLabel = "NAME",
      description = "The sender's congestion control (default: the stack's).")
  private @Nullable String congestion;

  @Spec private CommandSpec spec;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init")
  SimCommand() {}

  @Override
  public Integer call() throws IOException {
    network.check();
    Impairment impairment =
        Impairment.NONE
            .delay(delay)
            .rate(rate)
            .loss(loss)
            .reordering(reorder, Math.max(delay, 1_000_000))
            .duplication(duplicate)
            .corruption(corrupt);
    String name = congestion;
    if (name != null) {
      CongestionOption.checked(spec, name);
    }
    return new Simulation(network, impairment, name, seed, bytes).run();
  }
}
