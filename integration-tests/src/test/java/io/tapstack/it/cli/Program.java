package io.tapstack.it.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A process that a test runs: {@code tapstack} itself or a program of the system. What it prints is
 * collected while it runs.
 */
final class Program implements AutoCloseable {
  /** With {@code -Dtapstack.big=true}: the sizes of a soak. */
  static final boolean BIG = Boolean.getBoolean("tapstack.big");

  private final List<String> command;
  private final Process process;
  private final StringBuffer out = new StringBuffer();
  private final StringBuffer err = new StringBuffer();
  private final List<Thread> readers = new ArrayList<>();

  private Program(List<String> command, Process process) {
    this.command = command;
    this.process = process;
    read(process.getInputStream(), out);
    read(process.getErrorStream(), err);
  }

  private void read(java.io.InputStream from, StringBuffer to) {
    Thread reader =
        new Thread(
            () -> {
              byte[] buffer = new byte[8192];
              try (from) {
                for (int n; (n = from.read(buffer)) >= 0; ) {
                  to.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
                }
              } catch (IOException e) {
                to.append("(").append(e).append(")");
              }
            });
    reader.setDaemon(true);
    reader.start();
    readers.add(reader);
  }

  /** Starts {@code tapstack} with these arguments. */
  static Program tapstack(String... arguments) throws IOException {
    List<String> command = java("io.tapstack.cli.Tapstack");
    command.addAll(Arrays.asList(arguments));
    return start(command);
  }

  /** The command line that runs a class of the test's class path in a JVM of its own. */
  static List<String> java(String mainClass) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-Xmx1g");
    if (!BIG) {
      // These processes live for a second: what starts sooner ends sooner.
      command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    }
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(mainClass);
    return command;
  }

  /** Starts a program of the system; see {@link #require}. */
  static Program start(List<String> command) throws IOException {
    return new Program(command, new ProcessBuilder(command).start());
  }

  /** Runs a shell line to its end and returns what it printed; anything but success fails. */
  static String shell(String line) throws Exception {
    try (Program shell = start(List.of("sh", "-c", line))) {
      shell.expectExit(0, BIG ? 600 : 60);
      return shell.out().strip();
    }
  }

  /**
   * Makes sure that a program is installed. Where it is not, the test fails if the environment
   * variable CI is {@code true}, and is skipped elsewhere.
   */
  static void require(String name) {
    boolean found =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(directory -> new File(directory, name).canExecute());
    if (!found && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("the program \"" + name + "\" is not installed, and CI=true");
    }
    Assumptions.assumeTrue(found, () -> "the program \"" + name + "\" is not installed");
  }

  /** Waits until the program has printed something; fails if it ends before, or takes too long. */
  Program awaitOutput(String text) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (out.indexOf(text) < 0) {
      if (!process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new AssertionError("\"" + text + "\" did not appear; " + this);
      }
      Thread.sleep(10);
    }
    return this;
  }

  /** Waits for the end and checks the exit status. */
  Program expectExit(int status, int seconds) throws InterruptedException {
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      throw new AssertionError("no end in " + seconds + " s; " + this);
    }
    for (Thread reader : readers) {
      reader.join();
    }
    if (process.exitValue() != status) {
      throw new AssertionError("expected exit status " + status + "; " + this);
    }
    return this;
  }

  /** Writes to the program's standard input. */
  void say(byte[] bytes) throws IOException {
    process.getOutputStream().write(bytes);
    process.getOutputStream().flush();
  }

  /** Ends the program's standard input. */
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Kills the program with SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Asks the program to stop with SIGTERM, as Ctrl-C does with SIGINT. */
  void stop() {
    process.destroy();
  }

  /** What it has printed on standard output, byte for byte. */
  String out() {
    return out.toString();
  }

  /** What it has printed on standard error. */
  String err() {
    return err.toString();
  }

  /** Stops the program if it still runs, and waits for its end. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        kill();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    String line =
        String.join(" ", command.subList(Math.max(0, command.size() - 12), command.size()));
    String state = process.isAlive() ? "running" : "exit status " + process.exitValue();
    return "[" + line + "] " + state + "\nout: " + tail(out) + "\nerr: " + tail(err);
  }

  private static String tail(StringBuffer text) {
    return text.substring(Math.max(0, text.length() - 2000));
  }
}
