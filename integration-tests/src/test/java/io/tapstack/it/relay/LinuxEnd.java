package io.tapstack.it.relay;

import io.tapstack.tap.TapException;
import io.tapstack.tap.TapLink;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Linux's TCP behind a TAP device, in a network namespace of its own: a process that runs {@code
 * linux_end.py} (see there), and goes with its namespace when this is closed.
 */
final class LinuxEnd implements End {
  private static final Path SCRIPT = Path.of("src", "test", "relay", "linux_end.py");

  private final Process process;
  private final BufferedReader answers;
  private final PrintWriter commands;
  private final TapLink link;

  /**
   * Starts the process, and gives it a device with these addresses.
   *
   * @param addresses with their prefix lengths, such as {@code 10.1.0.1/24}
   */
  LinuxEnd(List<String> addresses) throws IOException {
    process =
        new ProcessBuilder("unshare", "-n", "python3", SCRIPT.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    commands =
        new PrintWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
    try {
      link = TapLink.open("relay%d");
    } catch (TapException e) {
      end();
      throw e;
    }
    try {
      moveDevice();
      ask("up " + link.name() + " " + String.join(" ", addresses));
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** The device belongs to the namespace from here on, and its descriptor still to us. */
  private void moveDevice() throws IOException {
    // unshare has made its namespace once the script is there to read.
    ask("ready");
    Process ip =
        new ProcessBuilder(
                "ip", "link", "set", "dev", link.name(), "netns", Long.toString(process.pid()))
            .inheritIO()
            .start();
    try {
      if (ip.waitFor() != 0) {
        throw new IOException("the device could not be moved to the namespace of its end");
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public TapLink link() {
    return link;
  }

  @Override
  public Reception receive(int port, double seconds) throws IOException {
    ask("receive " + port + " " + seconds);
    return () -> {
      Map<String, String> answer = answer();
      return new Received(
          Long.parseLong(answer.get("bytes")),
          Double.parseDouble(answer.get("seconds")),
          Received.marks(answer.get("marks")));
    };
  }

  @Override
  public Sent send(String host, int port, String algorithm, double seconds, @Nullable Path trace)
      throws IOException {
    Map<String, String> answer =
        ask(
            "send %s %d %s %s %s"
                .formatted(host, port, algorithm, seconds, trace == null ? "" : trace));
    return new Sent(
        Long.parseLong(answer.get("segments")),
        Long.parseLong(answer.get("retransmitted")),
        Long.parseLong(answer.get("timeouts")),
        Long.parseLong(answer.get("duplicates")));
  }

  private Map<String, String> ask(String command) throws IOException {
    commands.println(command);
    return answer();
  }

  private Map<String, String> answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("the process of a Linux end has died; is python3 installed?");
    }
    Map<String, String> values = new HashMap<>();
    for (String pair : line.split(" ")) {
      int equals = pair.indexOf('=');
      values.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    if (values.containsKey("error")) {
      throw new IOException("at a Linux end: " + values.get("error"));
    }
    return values;
  }

  /** Ends the process, with whom its namespace and the device in it go. */
  @Override
  public void close() {
    end();
    link.close();
  }

  private void end() {
    commands.close();
    try {
      if (!process.waitFor(1, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
