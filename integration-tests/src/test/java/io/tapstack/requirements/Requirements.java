package io.tapstack.requirements;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prints which test proves which requirement, and which has none. */
public final class Requirements {
  private Requirements() {}

  /**
   * Prints the report; with words, what of it is about these documents: {@code "RFC 8985"}.
   *
   * @param words documents as tests cite them
   * @throws IOException if a source cannot be read
   */
  public static void main(String[] words) throws IOException {
    CitationScanner scanner = scan(root());
    Coverage coverage = new Coverage(catalogue(), scanner.citations());
    boolean wanted = words.length == 0;
    for (String line : coverage.report()) {
      if (words.length > 0 && !line.startsWith("  ")) {
        wanted = Stream.of(words).anyMatch(word -> line.startsWith(word + ":"));
      }
      if (wanted) {
        System.out.println(line);
      }
    }
    List<String> faults = new ArrayList<>(scanner.faults());
    faults.addAll(coverage.faults());
    faults.forEach(System.err::println);
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /** The requirements and reasons of the resources. */
  static Catalogue catalogue() {
    return new Catalogue()
        .requirements("rfc9293.txt", resource("rfc9293.txt"))
        .requirements("others.txt", resource("others.txt"))
        .requirements("attacks.txt", resource("attacks.txt"))
        .deviations("deviations.txt", resource("deviations.txt"));
  }

  private static List<String> resource(String name) {
    try (InputStream in = Requirements.class.getResourceAsStream("/requirements/" + name)) {
      if (in == null) {
        throw new IllegalStateException("requirements/" + name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads all tests and scripts below the repository's modules. */
  static CitationScanner scan(Path root) throws IOException {
    CitationScanner scanner = new CitationScanner();
    try (Stream<Path> modules = Files.list(root)) {
      for (Path module : modules.sorted().toList()) {
        Path tests = module.resolve("src/test");
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            for (Path file : files.sorted().toList()) {
              String name = root.relativize(file).toString().replace('\\', '/');
              // The scanner's own tests are full of citations that are wrong.
              if (name.endsWith(".java") && !name.contains("/requirements/")) {
                scanner.java(name, Files.readAllLines(file));
              } else if (name.endsWith(".pkt")) {
                scanner.script(name, Files.readAllLines(file));
              }
            }
          }
        }
      }
    }
    return scanner;
  }

  /** The repository: where we are, or above it. */
  static Path root() {
    Path at = Path.of("").toAbsolutePath();
    for (Path path = at; path != null; path = path.getParent()) {
      if (Files.isDirectory(path.resolve("stack-core/src/test"))) {
        return path;
      }
    }
    throw new IllegalStateException("run me in the repository: there is no stack-core above " + at);
  }
}
