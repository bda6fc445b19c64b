package io.tapstack.it;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Calls the {@code ip} command, in the namespace of the tests. */
final class Ip {
  private Ip() {}

  /** Runs {@code ip} with these arguments, and returns what it prints. */
  static String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip"));
    Collections.addAll(command, arguments);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new AssertionError(command + " failed: " + output);
    }
    return output;
  }
}
