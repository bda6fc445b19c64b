package io.tapstack.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.it.RequiresTap;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows is what there is, and it runs. */
@RequiresTap
class ReadmeTest {
  private static final Path README = Path.of("..", "README.md");
  private static final Path HELLO = Path.of("src/test/java/io/tapstack/examples/Hello.java");

  private static String block(String language, String beginsWith) throws Exception {
    String readme = Files.readString(README);
    int start = readme.indexOf("```" + language + "\n" + beginsWith);
    assertThat(start).as("a block of %s that begins with %s", language, beginsWith).isNotNegative();
    int code = start + language.length() + 4;
    return readme.substring(code, readme.indexOf("```", code));
  }

  @Test
  void theProgramInTheReadmeIsTheOneThatIsTested() throws Exception {
    String program = block("java", "import io.tapstack");
    assertThat(Files.readString(HELLO)).isEqualTo("package io.tapstack.examples;\n\n" + program);
    long lines =
        program
            .lines()
            .filter(line -> line.strip().endsWith(";") || line.contains("for ("))
            .count();
    assertThat(lines).isLessThanOrEqualTo(15);
  }

  @Test
  void theProgramServes() throws Exception {
    List<String> command = Program.java("io.tapstack.examples.Hello");
    try (Program hello = Program.start(command)) {
      String page = null;
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (page == null) {
        try {
          page = fetch();
        } catch (java.io.IOException e) {
          if (System.nanoTime() > deadline) {
            throw new AssertionError(hello.toString(), e);
          }
          Thread.sleep(50);
        }
      }
      assertThat(page).isEqualTo("Hello from a stack in Java\n");
    }
  }

  private static String fetch() throws Exception {
    URLConnection connection = new URI("http://10.77.0.2/").toURL().openConnection();
    connection.setConnectTimeout(500);
    connection.setReadTimeout(5000);
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void theJarRunsByItself() throws Exception {
    Path jar = Path.of("../stack-api/target/tapstack.jar");
    if (!"true".equals(System.getenv("CI"))) {
      Assumptions.assumeTrue(Files.exists(jar), "only \"mvn verify\" makes " + jar);
    }
    String java = System.getProperty("java.home") + "/bin/java";
    List<String> command = List.of(java, "-jar", jar.toString(), "demo", "--once", "--bytes", "1M");
    try (Program demo = Program.start(command)) {
      demo.expectExit(0, 60);
      assertThat(demo.out().split("SHA-256 right", -1)).hasSize(5);
      assertThat(demo.out()).contains(Reference.hash(1_000_000));
    }
  }

  @Test
  void thePythonInTheReadmeComputesTheHash(@TempDir Path directory) throws Exception {
    Program.require("python3");
    Path script =
        Files.writeString(directory.resolve("hash.py"), block("python", "import hashlib"));
    for (long length : new long[] {0, 1, 1000, 1_000_000, 1_000_003}) {
      assertThat(Program.shell("python3 " + script + " " + length))
          .isEqualTo(Reference.hash(length));
    }
  }
}
