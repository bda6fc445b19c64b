package io.tapstack.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How long a command waits for a silent host. */
final class TimeoutOption {
  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec;

  private int millis = 10_000;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait for a host that is silent (default: ${DEFAULT-VALUE}).")
  void seconds(double seconds) {
    millis = millis("--timeout", seconds);
  }

  /** The limit in milliseconds, at least 1. */
  int millis() {
    return millis;
  }

  private int millis(String option, double seconds) {
    if (!(seconds >= 0.001 && seconds <= 86_400)) {
      if (spec == null) {
        throw new IllegalStateException("the option belongs to no command");
      }
      throw new ParameterException(
          spec.commandLine(),
          option + " " + seconds + " is out of range; expected 0.001 to 86400 seconds");
    }
    return (int) Math.round(seconds * 1000);
  }
}
