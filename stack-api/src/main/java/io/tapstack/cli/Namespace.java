package io.tapstack.cli;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A user and network namespace of one's own, which an ordinary user may have on most systems. */
final class Namespace {
  private static final String NODE = "/dev/net/tun";

  private Namespace() {}

  /** Why a namespace would not help, or null if it would. */
  static @Nullable String obstacle() throws InterruptedException {
    try {
      Process probe =
          new ProcessBuilder(
                  "unshare",
                  "-rn",
                  "sh",
                  "-c",
                  "test -e " + NODE + " || exit 3; test -w " + NODE + " || exit 4")
              .redirectErrorStream(true)
              .redirectInput(Redirect.from(new File("/dev/null")))
              .start();
      String said = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return switch (probe.waitFor()) {
        case 0 -> null;
        case 3 -> NODE + " does not exist (as root: modprobe tun)";
        case 4 -> NODE + " may not be opened by this user (as root: chmod 0666 " + NODE + ")";
        default ->
            "the system does not allow it (\"unshare -rn\" says: "
                + said.strip()
                + "); see kernel.unprivileged_userns_clone and"
                + " kernel.apparmor_restrict_unprivileged_userns";
      };
    } catch (IOException e) {
      return "the program \"unshare\" is not installed (package util-linux)";
    }
  }

  /** Runs a command in one, with this process's streams, and returns its exit status. */
  static int run(List<String> command) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("unshare", "-rn", "--"));
    line.addAll(command);
    return JavaProcess.run(line);
  }
}
