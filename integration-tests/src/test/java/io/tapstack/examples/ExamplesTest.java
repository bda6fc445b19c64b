package io.tapstack.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Pipe;
import io.tapstack.runtime.SimulatedDriver;
import io.tapstack.runtime.SimulatedTime;
import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimCable;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimTime;
import io.tapstack.socket.EthernetInterface;
import io.tapstack.socket.TCPSocket;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs Mbed's introductory programs against a small HTTP server on a second stack. */
@Timeout(30)
class ExamplesTest {
  private static final String ANSWER = "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nhi\n";
  private static final String SERVER = "10.77.0.1";

  private final Pipe pipe = Pipe.create();
  private final EthernetInterface server = new EthernetInterface(pipe.left());
  private final EthernetInterface net = new EthernetInterface(pipe.right());

  @BeforeEach
  void connect() {
    up(server, SERVER);
    up(net, "10.77.0.2");
  }

  @AfterEach
  void close() {
    net.close();
    server.close();
  }

  private static void up(EthernetInterface which, String address) {
    assertThat(which.setNetwork(address, "255.255.255.0", null)).isZero();
    assertThat(which.connect()).as(which.lastProblem()).isZero();
  }

  private static TCPSocket listen(EthernetInterface on) {
    TCPSocket listener = new TCPSocket();
    assertThat(listener.open(on)).isZero();
    assertThat(listener.bind(80)).isZero();
    assertThat(listener.listen(4)).isZero();
    return listener;
  }

  /** Answers one request per connection until the listener is closed. */
  private static void serve(TCPSocket listener) {
    TCPSocket peer;
    while ((peer = listener.accept()) != null) {
      if (peer.recv(new byte[1000]) > 0) {
        peer.send(ANSWER.getBytes(StandardCharsets.US_ASCII));
      }
      peer.close();
    }
  }

  private void startServer() {
    TCPSocket listener = listen(server);
    Thread thread = new Thread(() -> serve(listener), "http");
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void httpGet() {
    startServer();
    assertThat(HttpGet.run(net, SERVER, 80)).isEqualTo("HTTP/1.0 200 OK");
  }

  @RepeatedTest(20)
  void nonblockingClient() throws InterruptedException {
    startServer();
    assertThat(NonblockingClient.run(net, SERVER, 80)).isEqualTo(ANSWER);
  }

  @Test
  void nonblockingClientWhenNobodyListens() throws InterruptedException {
    assertThat(NonblockingClient.run(net, SERVER, 80)).isEmpty();
  }

  @Test
  void httpGetOverASimulatedWireThatLosesFrames() {
    SimNetwork network = new SimNetwork(2026);
    SimulatedTime time = new SimulatedTime(network);
    ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();
    SimCable cable = network.cable("a", "b", Impairment.NONE.delay(SimTime.millis(50)).loss(0.3));
    EthernetInterface[] both = new EthernetInterface[2];
    for (int i = 0; i < 2; i++) {
      NetworkStack stack =
          new NetworkStack(StackConfig.defaults().withPackets(256), network.newRandom(), 0);
      both[i] =
          new EthernetInterface(
              new SimulatedDriver(time, stack, problems::add),
              i == 0 ? cable.left() : cable.right());
      up(both[i], "10.77.0." + (i + 1));
    }
    TCPSocket listener = listen(both[0]);
    var serving = time.start("http", () -> serve(listener));
    assertThat(HttpGet.run(both[1], SERVER, 80)).isEqualTo("HTTP/1.0 200 OK");
    assertThat(time.now()).as("virtual time has passed").isGreaterThan(SimTime.millis(150));
    listener.close();
    time.join(serving);
    for (EthernetInterface one : both) {
      one.close();
      one.driver().close();
    }
    assertThat(problems).isEmpty();
  }
}
