package io.tapstack.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.it.RequiresTap;
import io.tapstack.socket.EthernetInterface;
import io.tapstack.socket.TapOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The same programs over a TAP device, against a server on a socket of the kernel. */
@RequiresTap
@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ExamplesTapTest {
  private static final String HOST = "10.79.0.1";
  private static final String ANSWER = "HTTP/1.0 200 OK\r\n\r\nfrom the kernel\n";

  private final EthernetInterface net =
      new EthernetInterface(TapOptions.named("tapex0").hostAddress(HOST + "/24"));
  private final ServerSocket server = new ServerSocket();

  ExamplesTapTest() throws IOException {}

  @BeforeEach
  void connect() throws IOException {
    assertThat(net.setNetwork("10.79.0.2", "255.255.255.0", HOST)).isZero();
    assertThat(net.connect()).as(net.lastProblem()).isZero();
    server.bind(new InetSocketAddress(HOST, 0));
    Thread thread = new Thread(this::serve, "http");
    thread.setDaemon(true);
    thread.start();
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket peer = server.accept()) {
        assertThat(peer.getInputStream().read(new byte[1000])).isPositive();
        peer.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        assertThat(server.isClosed()).as("%s", e).isTrue();
      }
    }
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    net.close();
  }

  @Test
  void httpGet() {
    assertThat(HttpGet.run(net, HOST, server.getLocalPort())).isEqualTo("HTTP/1.0 200 OK");
  }

  @Test
  void nonblockingClient() throws InterruptedException {
    assertThat(NonblockingClient.run(net, HOST, server.getLocalPort())).isEqualTo(ANSWER);
  }
}
