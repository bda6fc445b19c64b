package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.cli.http.HttpGet;
import io.tapstack.cli.service.ByteStream;
import io.tapstack.cli.service.DatagramPort;
import io.tapstack.link.Pipe;
import io.tapstack.wire.IpAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The services of one stack, used by another at the other end of an in-memory pipe. */
class ServicesTest {
  private StackNetwork server;
  private StackNetwork client;
  private Services services;

  @BeforeEach
  void start() throws IOException {
    Pipe pipe = Pipe.create();
    server = StackNetwork.over(pipe.left(), prefixes("10.0.0.2/24", "fd00::2/64"));
    client = StackNetwork.over(pipe.right(), prefixes("10.0.0.1/24", "fd00::1/64"));
    services = Services.start(server, server::statusPage, EnumSet.allOf(Services.Name.class));
  }

  private static List<Prefix> prefixes(String... texts) {
    return Arrays.stream(texts).map(Prefix::parse).toList();
  }

  @AfterEach
  void stop() {
    client.close();
    services.close();
    server.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("tapstack-"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "fd00::2"})
  void echoComesBackAndEndsAfterItsPeer(String address) throws Exception {
    byte[] said = new byte[1_000_000];
    new Random(1).nextBytes(said);
    try (ByteStream stream = client.connect(IpAddress.parse(address), 7, 10_000, 10_000)) {
      Thread speaker =
          new Thread(
              () -> {
                try {
                  stream.write(said, 0, said.length);
                  stream.finishOutput();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      speaker.start();
      assertThat(readAll(stream)).isEqualTo(said);
      speaker.join();
    }
  }

  private static byte[] readAll(ByteStream stream) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[10_000];
    for (int n; (n = stream.read(buffer, 0, buffer.length)) >= 0; ) {
      all.write(buffer, 0, n);
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "fd00::2"})
  void downloadsAreRight(String address) throws Exception {
    var url = Transfer.url(IpAddress.parse(address), 80, 3_000_001);
    assertThat(Transfer.fetch(client, url, "test", Transfer.expectedHash(3_000_001)))
        .matches("test: 3.0 MB at .*/s, SHA-256 right");
  }

  @Test
  void theStatusPageShowsTheConnectionThatAsks() throws Exception {
    try (ByteStream stream = client.connect(IpAddress.parse("10.0.0.2"), 80, 10_000, 10_000)) {
      var url = io.tapstack.cli.http.HttpUrl.parse("http://10.0.0.2/");
      ByteArrayOutputStream page = new ByteArrayOutputStream();
      HttpGet.send(stream, url).copyTo(page, n -> assertThat(n).isPositive());
      assertThat(page.toString(StandardCharsets.UTF_8))
          .contains("<h1>Tapstack</h1>")
          .contains("10.0.0.2/24")
          .contains("TCP connections: 1")
          .contains("10.0.0.2 80 &gt; 10.0.0.1 ")
          .contains("REACHABLE")
          .endsWith("</html>\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "fd00::2"})
  void datagramsAreAnswered(String address) throws Exception {
    IpAddress peer = IpAddress.parse(address);
    try (DatagramPort port = client.datagrams(0, 5000)) {
      byte[] answer = new byte[2000];
      byte[] hello = "hello".getBytes(StandardCharsets.US_ASCII);
      port.send(hello, 0, 5, peer, 7);
      assertThat(Arrays.copyOf(answer, port.receive(answer))).isEqualTo(hello);
      assertThat(port.sender()).isEqualTo(peer);
      assertThat(port.senderPort()).isEqualTo(7);
      port.send(hello, 0, 0, peer, 13);
      assertThat(new String(answer, 0, port.receive(answer), StandardCharsets.US_ASCII))
          .endsWith(" UTC\r\n");
      port.send(hello, 0, 5, peer, 37);
      assertThat(port.receive(answer)).isEqualTo(4);
      port.send(hello, 0, 5, peer, 19);
      assertThat(port.receive(answer)).isBetween(0, 512);
    }
  }

  @Test
  void twoServicesCannotBeSetTalkingToEachOther() throws Exception {
    // A forged source: the datagram seems to come from the echo service of the other side.
    try (DatagramPort port = client.datagrams(7, 300)) {
      port.send(new byte[5], 0, 5, IpAddress.parse("10.0.0.2"), 19);
      assertThatThrownBy(() -> port.receive(new byte[2000]))
          .isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void aClosedPortIsRefusedAndASilentHostIsATimeout() {
    long start = System.nanoTime();
    assertThatThrownBy(() -> client.connect(IpAddress.parse("10.0.0.2"), 4, 10_000, 10_000))
        .hasMessageContaining("10.0.0.2:4 refused the connection");
    assertThat(System.nanoTime() - start).isLessThan(5_000_000_000L);
    assertThatThrownBy(() -> client.connect(IpAddress.parse("10.0.0.9"), 80, 200, 200))
        .hasMessageContaining("10.0.0.9:80 does not answer: timeout after 0.2 s");
    assertThatThrownBy(() -> client.connect(IpAddress.parse("10.1.0.1"), 80, 200, 200))
        .hasMessageContaining("no route leads to 10.1.0.1:80");
  }

  @Test
  void pingIsAnswered() throws Exception {
    for (String address : new String[] {"10.0.0.2", "fd00::2"}) {
      Pinger pinger = client.pinger(IpAddress.parse(address));
      Pinger.Reply reply = pinger.ask(1, 1000, 5000);
      assertThat(reply).isNotNull();
      assertThat(reply.hopLimit()).isEqualTo(64);
      assertThat(reply.nanos()).isPositive();
    }
    assertThat(client.pinger(IpAddress.parse("10.0.0.9")).ask(1, 0, 50)).isNull();
  }
}
