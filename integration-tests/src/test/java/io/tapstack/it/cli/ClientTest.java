package io.tapstack.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tapstack.it.RequiresTap;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tapstack get}, {@code nc} and {@code ping} towards servers of the kernel's. */
@RequiresTap
class ClientTest {
  private static final String HOST_V4 = "10.77.5.1";
  private static final String HOST_V6 = "fd77:5::1";
  private static final int CHUNKS = Program.BIG ? 1000 : 20;

  /** What the server sends again and again. */
  private static final byte[] CHUNK = new byte[1_000_000];

  private static HttpServer server;
  private static ExecutorService threads;

  @BeforeAll
  static void serve() throws IOException {
    new Random(8).nextBytes(CHUNK);
    threads = Executors.newCachedThreadPool();
    server = HttpServer.create(new InetSocketAddress(0), 16);
    server.setExecutor(threads);
    server.createContext("/fixed", exchange -> answer(exchange, (long) CHUNKS * CHUNK.length));
    server.createContext("/chunked", exchange -> answer(exchange, 0));
    server.createContext("/one", exchange -> answer(exchange, CHUNK.length));
    server.start();
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange, long length)
      throws IOException {
    exchange.sendResponseHeaders(200, length);
    try (OutputStream body = exchange.getResponseBody()) {
      for (long sent = 0; sent < (length == 0 ? CHUNKS : length / CHUNK.length); sent++) {
        body.write(CHUNK);
      }
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    server.stop(0);
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private static String expectedHash() throws Exception {
    java.security.MessageDigest digest = java.security.MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < CHUNKS; i++) {
      digest.update(CHUNK);
    }
    return java.util.HexFormat.of().formatHex(digest.digest());
  }

  private static Program tapstack(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(
        List.of(
            "--tap",
            "tapclient",
            "--address",
            "10.77.5.2/24",
            "--address",
            "fd77:5::2/64",
            "--host-address",
            HOST_V4 + "/24",
            "--host-address",
            HOST_V6 + "/64"));
    return Program.tapstack(all.toArray(new String[0]));
  }

  private static String url(String host, int port, String path) {
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + path;
  }

  @ParameterizedTest
  @ValueSource(strings = {HOST_V4, HOST_V6})
  void getFetchesWhatTheServerSends(String host) throws Exception {
    int port = server.getAddress().getPort();
    for (String path : List.of("/fixed", "/chunked")) {
      try (Program get = tapstack("get", url(host, port, path), "--sha256")) {
        get.expectExit(0, 60);
        assertThat(get.out().strip()).isEqualTo(expectedHash() + "  -");
        assertThat(get.err()).contains("get ").contains(Program.BIG ? "1.0 GB" : "20.0 MB");
      }
    }
  }

  @Test
  void getWritesAFileOrStandardOutput(@TempDir Path directory) throws Exception {
    int port = server.getAddress().getPort();
    Path file = directory.resolve("body");
    String url = url(HOST_V4, port, "/one");
    try (Program get = tapstack("get", url, "-o", file.toString(), "--sha256")) {
      get.expectExit(0, 60);
      assertThat(get.out().strip()).isEqualTo(Reference.hash(CHUNK) + "  " + file);
      try (InputStream in = Files.newInputStream(file)) {
        assertThat(Reference.hash(in)).isEqualTo(Reference.hash(CHUNK));
      }
    }
    try (Program get = tapstack("get", url)) {
      get.expectExit(0, 60);
      assertThat(Reference.hash(get.out().getBytes(StandardCharsets.ISO_8859_1)))
          .isEqualTo(Reference.hash(CHUNK));
    }
    Path nowhere = directory.resolve("no/such/directory");
    try (Program get = tapstack("get", url, "-o", nowhere.toString())) {
      get.expectExit(1, 60);
      assertThat(get.err()).startsWith("tapstack get: cannot write " + nowhere);
    }
  }

  @Test
  void getSaysWhatTheServerSaid() throws Exception {
    try (Program get = tapstack("get", url(HOST_V4, server.getAddress().getPort(), "/none"))) {
      get.expectExit(1, 60);
      assertThat(get.err()).startsWith("tapstack get: the server answered 404");
      assertThat(get.err().strip().lines()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {HOST_V4, HOST_V6})
  void aClosedPortIsRefusedAtOnce(String host) throws Exception {
    for (String[] command :
        new String[][] {{"get", url(host, 4, "/")}, {"nc", host, "4", "--timeout", "60"}}) {
      long start = System.nanoTime();
      try (Program program = tapstack(command)) {
        program.expectExit(1, 30);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(8));
        assertThat(program.err()).startsWith("tapstack").contains("refused the connection");
        assertThat(program.err().strip().lines()).hasSize(1);
        assertThat(program.out()).isEmpty();
      }
    }
  }

  @Test
  void aSilentHostIsATimeout() throws Exception {
    // Behind a "router" that forwards nothing and says nothing.
    try (Program get =
        tapstack("get", "http://10.99.0.1/", "--gateway", HOST_V4, "--timeout", "1.5")) {
      get.expectExit(1, 30);
      assertThat(get.err()).contains("10.99.0.1:80 does not answer: timeout after 1.5 s");
    }
    // An address on the network that nobody has.
    try (Program nc = tapstack("nc", "fd77:5::99", "80", "--timeout", "0.5")) {
      nc.expectExit(1, 30);
      assertThat(nc.err()).contains("[fd77:5::99]:80 does not answer: timeout after 0.5 s");
    }
    // A server that takes the connection and then says nothing.
    try (ServerSocket silent = new ServerSocket(0);
        Program get =
            tapstack("get", url(HOST_V6, silent.getLocalPort(), "/"), "--timeout", "1.5")) {
      get.expectExit(1, 30);
      assertThat(get.err()).contains("has been silent for 1.5 s: timeout");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {HOST_V4, HOST_V6})
  void ncCarriesBothDirectionsAndEndsEachAtItsEnd(String host) throws Exception {
    byte[] up = new byte[3_000_000];
    byte[] down = new byte[2_000_000];
    new Random(9).nextBytes(up);
    new Random(10).nextBytes(down);
    try (ServerSocket listener = new ServerSocket(0, 1)) {
      listener.setSoTimeout(30_000);
      Future<byte[]> received =
          threads.submit(
              () -> {
                try (Socket socket = listener.accept()) {
                  byte[] all = socket.getInputStream().readAllBytes();
                  // Only after the client's half has ended: its other half must still be open.
                  socket.getOutputStream().write(down);
                  return all;
                }
              });
      try (Program nc = tapstack("nc", host, "" + listener.getLocalPort())) {
        nc.say(up);
        nc.endInput();
        nc.expectExit(0, 60);
        assertThat(received.get(10, TimeUnit.SECONDS)).isEqualTo(up);
        assertThat(nc.out().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(down);
      }
    }
  }

  @Test
  void ncWaitsForAPeerThatIsQuiet() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1);
        Program nc = tapstack("nc", HOST_V4, "" + listener.getLocalPort(), "--timeout", "1")) {
      listener.setSoTimeout(30_000);
      try (Socket socket = listener.accept()) {
        Thread.sleep(1500);
        socket.getOutputStream().write("at last\n".getBytes(StandardCharsets.US_ASCII));
      }
      nc.expectExit(0, 20);
      assertThat(nc.out()).isEqualTo("at last\n");
    }
  }

  @Test
  void ncSaysThatAConnectionWasReset() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1);
        Program nc = tapstack("nc", HOST_V4, "" + listener.getLocalPort())) {
      listener.setSoTimeout(30_000);
      try (Socket socket = listener.accept()) {
        socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
        nc.awaitOutput("hello\n");
        socket.setSoLinger(true, 0);
      }
      nc.expectExit(1, 20);
      assertThat(nc.err()).contains("broke: connection reset by the peer");
      assertThat(nc.err().strip().lines()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.77.5.2", "fd77:5::2"})
  void ncListens(String stack) throws Exception {
    try (Program nc = tapstack("nc", "-l", "4000")) {
      try (Socket socket = connect(stack, 4000)) {
        socket.getOutputStream().write("hello, stack\n".getBytes(StandardCharsets.US_ASCII));
        nc.awaitOutput("hello, stack\n");
        nc.say("hello, kernel\n".getBytes(StandardCharsets.US_ASCII));
        nc.endInput();
        socket.setSoTimeout(20_000);
        assertThat(socket.getInputStream().readAllBytes()).asString().isEqualTo("hello, kernel\n");
      }
      nc.expectExit(0, 20);
    }
  }

  /** Connects to a command that may not be there yet. */
  private static Socket connect(String address, int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(address, port), 500);
        return socket;
      } catch (IOException e) {
        socket.close();
        if (System.nanoTime() > deadline) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {HOST_V4, HOST_V6})
  void ncSpeaksUdp(String host) throws Exception {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(30_000);
      try (Program nc = tapstack("nc", "-u", host, "" + socket.getLocalPort(), "--timeout", "1")) {
        nc.say("over\n".getBytes(StandardCharsets.US_ASCII));
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        socket.receive(packet);
        assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII))
            .isEqualTo("over\n");
        byte[] answer = "and out\n".getBytes(StandardCharsets.US_ASCII);
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        nc.awaitOutput("and out\n");
        nc.endInput();
        nc.expectExit(0, 20);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {HOST_V4, HOST_V6})
  void pingSumsUp(String host) throws Exception {
    try (Program ping = tapstack("ping", host, "-c", "3", "-i", "0.05", "-s", "1400")) {
      ping.expectExit(0, 30);
      assertThat(ping.out())
          .contains("PING " + host + ": 1400 data bytes")
          .contains("1408 bytes from " + host + ": icmp_seq=3 ttl=64 time=")
          .contains("3 sent, 3 received, 0% lost")
          .contains("round trip min/avg/max/mdev = ");
    }
  }

  @Test
  void pingOfNobodyFails() throws Exception {
    try (Program ping = tapstack("ping", "10.77.5.99", "-c", "1", "-W", "5")) {
      ping.expectExit(1, 30);
      assertThat(ping.out())
          .contains("nobody on the network has this address")
          .contains("1 sent, 0 received, 100% lost");
    }
  }

  @Test
  void everyFrameIsInTheCapture(@TempDir Path directory) throws Exception {
    Path capture = directory.resolve("ping.pcapng");
    try (Program ping =
        tapstack("ping", HOST_V4, "-c", "2", "-i", "0.05", "--pcap", "" + capture)) {
      ping.expectExit(0, 30);
    }
    byte[] file = Files.readAllBytes(capture);
    assertThat(Arrays.copyOf(file, 4)).containsExactly(0x0a, 0x0d, 0x0d, 0x0a);
    // Two requests and two replies of 98 bytes, and the ARP that comes before them.
    assertThat(file.length).isGreaterThan(4 * 98);
  }

  @Test
  void theDemoProvesItselfBothWays() throws Exception {
    try (Program demo = Program.tapstack("demo", "--once", "--bytes", "5M", "--tap", "tapdemo")) {
      demo.expectExit(0, 60);
      assertThat(demo.out())
          .contains("Linux fetches from Tapstack, IPv4: 5.0 MB at ")
          .contains("Tapstack fetches from Linux, IPv4: 5.0 MB at ")
          .contains("Linux fetches from Tapstack, IPv6: 5.0 MB at ")
          .contains("Tapstack fetches from Linux, IPv6: 5.0 MB at ");
      assertThat(demo.out().split("SHA-256 right", -1)).hasSize(5);
      assertThat(demo.out()).contains(Reference.hash(5_000_000));
    }
    assertThat(java.net.NetworkInterface.getByName("tapdemo")).isNull();
  }

  @Test
  void theDemoServesUntilItIsStopped() throws Exception {
    try (Program demo = Program.tapstack("demo", "--bytes", "1M", "--tap", "tapdemo")) {
      demo.awaitOutput("Ctrl-C stops it");
      assertThat(demo.out()).contains("curl http://10.77.0.2/").contains("ping -c 3 fd77::2");
      try (Socket socket = connect("10.77.0.2", 13)) {
        assertThat(socket.getInputStream().readAllBytes()).isNotEmpty();
      }
      demo.stop();
      demo.expectExit(143, 10);
    }
    assertThat(java.net.NetworkInterface.getByName("tapdemo")).isNull();
  }

  @Test
  void aDeviceThatIsInUseGetsASentence() throws Exception {
    try (Program first = tapstack("nc", "-l", "4001")) {
      try (Socket taken = connect("10.77.5.2", 4001);
          Program second = tapstack("ping", HOST_V4, "-c", "1")) {
        second.expectExit(1, 30);
        assertThat(second.err()).startsWith("tapstack ping: ").contains("tapclient");
        assertThat(second.err().strip().lines()).hasSize(1);
        assertThat(taken.isConnected()).isTrue();
      }
      first.stop();
    }
  }
}
