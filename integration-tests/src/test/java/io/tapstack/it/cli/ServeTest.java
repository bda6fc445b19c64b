package io.tapstack.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.it.RequiresTap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tapstack serve}, used by the kernel's TCP and by the programs that everybody has. */
@RequiresTap
class ServeTest {
  private static final String V4 = "10.77.4.2";
  private static final String V6 = "fd77:4::2";
  private static final long DOWNLOAD = Program.BIG ? 1_000_000_000L : 50_000_000L;
  private static final long UPLOAD = Program.BIG ? 1_000_000_000L : 30_000_000L;
  private static final int PARALLEL = Program.BIG ? 200 : 40;
  private static final long PARALLEL_BYTES = Program.BIG ? 5_000_000L : 1_000_000L;

  private static Program serve;

  @BeforeAll
  static void start() throws Exception {
    serve =
        Program.tapstack(
            "serve",
            "--tap",
            "tapserve",
            "--address",
            V4 + "/24",
            "--address",
            V6 + "/64",
            "--host-address",
            "10.77.4.1/24",
            "--host-address",
            "fd77:4::1/64");
    serve.awaitOutput("Ctrl-C stops");
  }

  @AfterAll
  static void stop() throws Exception {
    try {
      assertThat(serve.err()).isEmpty();
      serve.stop();
      serve.expectExit(143, 10);
      assertThat(java.net.NetworkInterface.getByName("tapserve")).isNull();
    } finally {
      serve.close();
    }
  }

  private static String host(String address) {
    return address.contains(":") ? "[" + address + "]" : address;
  }

  private static HttpURLConnection http(String address, String path) throws Exception {
    URI uri = new URI("http://" + host(address) + path);
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setReadTimeout(30_000);
    return connection;
  }

  private static String fetchHash(String address, long length) throws Exception {
    HttpURLConnection connection = http(address, "/bytes/" + length);
    try (InputStream in = connection.getInputStream()) {
      return Reference.hash(in);
    }
  }

  @ParameterizedTest
  @CsvSource({
    V4 + ", 0", V4 + ", 1", V4 + ", 56", V4 + ", 1471", V4 + ", 1472",
    V6 + ", 0", V6 + ", 1", V6 + ", 56", V6 + ", 1451", V6 + ", 1452",
  })
  void pingIsAnswered(String address, int size) throws Exception {
    Program.require("ping");
    // One at a time: once a reply has come, ping waits for the others no longer than two round
    // trips.
    String said = Program.shell("ping -n -c 1 -W 10 -s " + size + " " + address);
    assertThat(said).contains("1 received, 0% packet loss").contains(size + 8 + " bytes from");
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void theJdkReachesTheStack(String address) throws Exception {
    assertThat(InetAddress.getByName(address).isReachable(5000)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void aDownloadIsWhole(String address) throws Exception {
    assertThat(fetchHash(address, DOWNLOAD)).isEqualTo(Reference.hash(DOWNLOAD));
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void curlDownloads(String address) throws Exception {
    Program.require("curl");
    Program.require("sha256sum");
    String url = "'http://" + host(address) + "/bytes/" + DOWNLOAD + "'";
    assertThat(Program.shell("curl -gsS " + url + " | sha256sum"))
        .startsWith(Reference.hash(DOWNLOAD));
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void curlUploads(String address, @TempDir Path directory) throws Exception {
    Program.require("curl");
    Path file = directory.resolve("upload");
    byte[] block = new byte[1_000_000];
    Random random = new Random(3);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (long written = 0; written < UPLOAD; written += block.length) {
        random.nextBytes(block);
        out.write(block);
      }
    }
    String hash;
    try (InputStream in = Files.newInputStream(file)) {
      hash = Reference.hash(in);
    }
    String expected = "{\"length\": " + UPLOAD + ", \"sha256\": \"" + hash + "\"}";
    String url = " 'http://" + host(address) + "/sink'";
    assertThat(Program.shell("curl -gsS -T " + file + url)).isEqualTo(expected);
    // From a pipe the length is not known: the body comes in chunks.
    assertThat(Program.shell("curl -gsS -T - " + url + " < " + file)).isEqualTo(expected);
    assertThat(Program.shell("curl -gsS --data-binary @" + file + url)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void anUploadIsWhole(String address) throws Exception {
    byte[] bytes = new byte[5_000_000];
    new Random(4).nextBytes(bytes);
    HttpURLConnection connection = http(address, "/sink");
    connection.setRequestMethod("PUT");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(bytes.length);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(bytes);
    }
    try (InputStream in = connection.getInputStream()) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .isEqualTo("{\"length\": 5000000, \"sha256\": \"" + Reference.hash(bytes) + "\"}\n");
    }
  }

  private static <T> List<T> allAtOnce(int count, Callable<T> task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        futures.add(threads.submit(task));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get(Program.BIG ? 600 : 60, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void manyDownloadAtOnce() throws Exception {
    List<String> hashes = allAtOnce(PARALLEL, () -> fetchHash(V6, PARALLEL_BYTES));
    assertThat(hashes).hasSize(PARALLEL).containsOnly(Reference.hash(PARALLEL_BYTES));
  }

  @Test
  void manyCurlsAtOnce() throws Exception {
    Program.require("curl");
    Program.require("sha256sum");
    String line = "curl -sS http://" + V4 + "/bytes/" + PARALLEL_BYTES + " | sha256sum";
    List<String> hashes = allAtOnce(PARALLEL, () -> Program.shell(line));
    assertThat(hashes)
        .hasSize(PARALLEL)
        .allSatisfy(hash -> assertThat(hash).startsWith(Reference.hash(PARALLEL_BYTES)));
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void echoComesBackIdentical(String address) throws Exception {
    byte[] said = new byte[3_000_000];
    new Random(5).nextBytes(said);
    try (Socket socket = new Socket(address, 7)) {
      socket.setSoTimeout(30_000);
      Thread speaker =
          new Thread(
              () -> {
                try {
                  socket.getOutputStream().write(said);
                  socket.shutdownOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      speaker.start();
      assertThat(socket.getInputStream().readAllBytes()).isEqualTo(said);
      speaker.join();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"socat -t 20 - TCP:%s:7", "nc -N %s 7"})
  void echoComesBackToTheUsualPrograms(String program, @TempDir Path directory) throws Exception {
    Program.require(program.substring(0, program.indexOf(' ')));
    byte[] said = new byte[1_000_000];
    new Random(6).nextBytes(said);
    Path sent = Files.write(directory.resolve("sent"), said);
    for (String address : List.of(V4, V6)) {
      boolean brackets = program.startsWith("socat");
      String line = program.formatted(brackets ? host(address) : address);
      Path received = directory.resolve("received");
      Program.shell("timeout 30 " + line + " < " + sent + " > " + received);
      assertThat(Files.mismatch(sent, received)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void theSmallServicesAnswer(String address) throws Exception {
    try (Socket daytime = new Socket(address, 13)) {
      assertThat(new String(daytime.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .matches("\\d\\d [A-Z]{3} \\d\\d \\d\\d:\\d\\d:\\d\\d UTC\r\n");
    }
    try (Socket time = new Socket(address, 37)) {
      assertThat(time.getInputStream().readAllBytes()).hasSize(4);
    }
    try (Socket discard = new Socket(address, 9)) {
      discard.getOutputStream().write(new byte[1_000_000]);
      discard.shutdownOutput();
      assertThat(discard.getInputStream().read()).isEqualTo(-1);
    }
    try (Socket chargen = new Socket(address, 19)) {
      byte[] lines = chargen.getInputStream().readNBytes(74 * 100);
      assertThat(new String(lines, StandardCharsets.US_ASCII).split("\r\n")[1])
          .startsWith("!\"#$%")
          .hasSize(72);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V4, V6})
  void theSmallServicesAnswerDatagrams(String address) throws Exception {
    assertThat(ask(address, 7, "hello")).asString().isEqualTo("hello");
    assertThat(ask(address, 7, "x".repeat(1400))).hasSize(1400);
    assertThat(ask(address, 13, "")).asString().endsWith(" UTC\r\n");
    assertThat(ask(address, 37, "")).hasSize(4);
    assertThat(ask(address, 19, "x").length).isBetween(0, 512);
  }

  private static byte[] ask(String address, int port, String text) throws Exception {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      socket.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(address, port)));
      DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
      socket.receive(answer);
      assertThat(answer.getAddress()).isEqualTo(InetAddress.getByName(address));
      assertThat(answer.getPort()).isEqualTo(port);
      return java.util.Arrays.copyOf(answer.getData(), answer.getLength());
    }
  }

  @Test
  void aClosedPortIsRefused() {
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> new Socket(V4, 4).close()))
        .isInstanceOf(java.net.ConnectException.class)
        .hasMessageContaining("refused");
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> new Socket(V6, 4).close()))
        .isInstanceOf(java.net.ConnectException.class)
        .hasMessageContaining("refused");
  }

  @Test
  void theStatusPageKnowsItsVisitor() throws Exception {
    String page = statusPage();
    assertThat(page)
        .contains("<title>Tapstack</title>")
        .contains("Interface tapserve")
        .contains(V4 + "/24")
        .contains(V6 + "/64")
        .contains("10.77.4.1")
        .contains("REACHABLE")
        .contains("ESTABLISHED")
        .contains("10.77.4.0/24 on tapserve")
        .endsWith("</html>\n");
    assertThat(page.length()).isLessThan(50_000);
  }

  private static String statusPage() throws Exception {
    HttpURLConnection connection = http(V4, "/");
    connection.setRequestProperty("Connection", "close");
    try (InputStream in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aClientThatIsKilledLeavesNoConnectionBehind() throws Exception {
    for (int i = 0; i < 5; i++) {
      Socket reset = new Socket(V4, 80);
      reset
          .getOutputStream()
          .write(
              "GET /bytes/1000000000000 HTTP/1.1\r\nHost: x\r\n\r\n"
                  .getBytes(StandardCharsets.UTF_8));
      new ByteArrayOutputStream().write(reset.getInputStream().readNBytes(100_000));
      // Closed with unread data, which the kernel answers with a reset.
      reset.close();
    }
    Program.require("curl");
    try (Program curl =
        Program.start(
            List.of(
                "curl", "-gsS", "-o", "/dev/null", "http://[" + V6 + "]/bytes/1000000000000"))) {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (!statusPage().contains(V6 + " 80")) {
        assertThat(System.nanoTime()).as("curl's connection appears").isLessThan(deadline);
        Thread.sleep(50);
      }
      Thread.sleep(500);
      curl.kill();
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    int open = connections();
    // Connections that other tests leave to the JDK's own keep-alive cache end within five seconds.
    while (open > 1 && System.nanoTime() < deadline) {
      Thread.sleep(200);
      open = connections();
    }
    assertThat(open)
        .as("connections, the status page's own included: %s", statusPage())
        .isEqualTo(1);
  }

  private static int connections() throws Exception {
    Matcher matcher = Pattern.compile("TCP connections: (\\d+)").matcher(statusPage());
    assertThat(matcher.find()).isTrue();
    return Integer.parseInt(matcher.group(1));
  }
}
