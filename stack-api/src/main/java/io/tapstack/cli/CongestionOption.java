package io.tapstack.cli;

import io.tapstack.tcp.CongestionControls;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The names of congestion controls, as options take them. */
final class CongestionOption {
  private CongestionOption() {}

  /** The names that were given, or all if none was; one that is not known is refused. */
  static List<String> checked(CommandSpec command, @Nullable List<String> names) {
    if (names == null) {
      return CongestionControls.names();
    }
    names.forEach(name -> checked(command, name));
    return names;
  }

  /** This name, if it is known. */
  static String checked(CommandSpec command, String name) {
    if (!CongestionControls.names().contains(name)) {
      throw new ParameterException(
          command.commandLine(),
          "there is no congestion control \""
              + name
              + "\"; expected one of "
              + String.join(", ", CongestionControls.names()));
    }
    return name;
  }
}
