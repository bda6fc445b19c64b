package io.tapstack.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code tapstack} command.
 *
 * <p>Exit status: 0 if it did what it was asked, 1 if that did not work, 2 if it was asked wrongly.
 * In both other cases one sentence on standard error says what was wrong.
 */
@Command(
    name = "tapstack",
    mixinStandardHelpOptions = true,
    version = "tapstack 0.1",
    synopsisSubcommandLabel = "COMMAND",
    description = "A TCP/IP stack in Java, over a Linux TAP device or a simulated wire.",
    subcommands = {
      DemoCommand.class,
      ServeCommand.class,
      GetCommand.class,
      PingCommand.class,
      NcCommand.class,
      SimCommand.class,
      DrillCommand.class
    })
public final class Tapstack implements Runnable {
  /** The exit status of a command that was asked wrongly. */
  static final int USAGE = 2;

  @Spec private CommandSpec spec;

  /** Made by picocli. */
  @SuppressWarnings("NullAway.Init")
  public Tapstack() {}

  /** Runs the command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The command with its ways of reporting errors; it writes to the given streams, not exits. */
  static CommandLine commandLine() {
    IExecutionExceptionHandler failures =
        (exception, command, parsed) -> {
          if (exception instanceof Failure
              || exception instanceof IOException
              || exception instanceof UncheckedIOException) {
            report(command, sentence(exception), "");
            return 1;
          }
          report(
              command,
              "a defect of tapstack, please report it: "
                  + exception
                  + " at "
                  + exception.getStackTrace()[0],
              "");
          return 1;
        };
    return new CommandLine(new Tapstack())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Tapstack::wrongUse)
        .setExecutionExceptionHandler(failures);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "a command is missing; expected demo, serve, get, ping, nc, sim or drill");
  }

  private static int wrongUse(ParameterException exception, String[] arguments) {
    CommandLine command = exception.getCommandLine();
    String hint = "; see '" + command.getCommandSpec().qualifiedName() + " --help'";
    report(command, wrongUse(exception), hint);
    return USAGE;
  }

  private static String wrongUse(ParameterException exception) {
    if (exception instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched, unmatched.getUnmatched().get(0));
    }
    String message = exception.getMessage();
    if (exception instanceof MissingParameterException) {
      return Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }
    return message;
  }

  private static String unmatched(UnmatchedArgumentException exception, String word) {
    CommandLine command = exception.getCommandLine();
    String sentence;
    Collection<String> candidates = List.of();
    if (exception.isUnknownOption()) {
      sentence = "there is no option " + word;
      candidates = command.getCommandSpec().optionsMap().keySet();
    } else if (command.getSubcommands().isEmpty()) {
      sentence = "\"" + word + "\" is one argument too many";
    } else {
      sentence =
          "there is no command \"" + word + "\"; expected demo, serve, get, ping, nc, sim or drill";
      candidates = command.getSubcommands().keySet();
    }
    String nearest = Spelling.nearest(word, candidates);
    return nearest == null ? sentence : sentence + "; did you mean " + nearest;
  }

  private static void report(CommandLine command, String sentence, String hint) {
    PrintWriter err = command.getErr();
    err.println(command.getCommandSpec().qualifiedName() + ": " + sentence + hint);
    err.flush();
  }

  private static String sentence(Throwable exception) {
    String message = exception.getMessage();
    return message == null ? exception.getClass().getSimpleName() : message;
  }
}
