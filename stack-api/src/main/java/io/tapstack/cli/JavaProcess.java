package io.tapstack.cli;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How this command is started again, in a process of its own. */
final class JavaProcess {
  private JavaProcess() {}

  /** The command line that runs {@code tapstack} with other arguments on this very JVM. */
  static List<String> commandLine(List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // JDK 24 and later warn about native access and sun.misc.Unsafe unless they are allowed.
    if (Runtime.version().feature() >= 24) {
      line.add("--enable-native-access=ALL-UNNAMED");
      line.add("--sun-misc-unsafe-memory-access=allow");
    }
    String classPath = System.getProperty("java.class.path");
    if (classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)) {
      line.add("-jar");
      line.add(classPath);
    } else {
      line.add("-cp");
      line.add(classPath);
      line.add(Tapstack.class.getName());
    }
    line.addAll(arguments);
    return line;
  }

  /** Runs a process with this one's streams, and returns its exit status. */
  static int run(List<String> commandLine) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(commandLine).inheritIO().start();
    // Ctrl-C reaches both processes; a signal to this one alone is passed on.
    Thread hook = new Thread(() -> stop(process), "tapstack-shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    int status = process.waitFor();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // Stopping already: the hook has done its work, or is about to.
      return status;
    }
    return status;
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
