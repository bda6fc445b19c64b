package io.tapstack.socket;

import static io.tapstack.socket.Hosts.A;
import static io.tapstack.socket.Hosts.pattern;
import static io.tapstack.socket.Hosts.receive;
import static io.tapstack.socket.Hosts.tcp;
import static io.tapstack.socket.Hosts.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.runtime.StackDriver;
import io.tapstack.socket.Hosts.Wire;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What sockets took of a stack is back in the end. */
@Timeout(30)
class CleanupTest {
  private static void assertClean(Hosts hosts, EthernetInterface net) {
    StackDriver driver = net.driver();
    for (int i = 0; i < 1000 && !isClean(driver); i++) {
      hosts.sleep(10);
    }
    int packets = driver.call(() -> driver.stack().pool().outstanding());
    int sockets = driver.call(() -> driver.stack().udp().sockets());
    int connections =
        driver.call(() -> driver.stack().tcp().connections() - driver.stack().tcp().timeWaiting());
    assertThat(packets).as("packets that are out").isZero();
    assertThat(sockets).as("UDP sockets").isZero();
    assertThat(connections).as("connections not in TIME-WAIT").isZero();
  }

  private static boolean isClean(StackDriver driver) {
    return driver.call(
        () ->
            driver.stack().pool().outstanding() == 0
                && driver.stack().tcp().connections() == driver.stack().tcp().timeWaiting());
  }

  @ParameterizedTest
  @EnumSource
  void closedSocketsGiveEverythingBack(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      for (int i = 0; i < 20; i++) {
        TCPSocket[] pair = hosts.pair(1000 + i);
        assertThat(pair[0].send(pattern(100_000))).isEqualTo(100_000);
        if (i % 2 == 0) {
          assertThat(receive(pair[1], 100_000)).isEqualTo(pattern(100_000));
        }
        assertThat(pair[i % 3 == 0 ? 0 : 1].close()).isZero();
        hosts.sleep(20);
        assertThat(pair[i % 3 == 0 ? 1 : 0].close()).isZero();
        UDPSocket unread = udp(hosts.a());
        UDPSocket socket = udp(hosts.b());
        assertThat(unread.bind(7)).isZero();
        assertThat(socket.sendto(new SocketAddress(A, 7), new byte[100])).isEqualTo(100);
        hosts.sleep(5);
        assertThat(unread.close()).isZero();
        assertThat(socket.close()).isZero();
        TCPSocket refused = tcp(hosts.b());
        assertThat(refused.connect(new SocketAddress(A, 1))).isEqualTo(NsapiError.NO_CONNECTION);
        assertThat(refused.close()).isZero();
      }
      assertClean(hosts, hosts.a());
      assertClean(hosts, hosts.b());
    }
  }

  /** Closing, opening, sending and receiving of many threads on the same few sockets. */
  @ParameterizedTest
  @EnumSource
  void socketsThatAreClosedUnderTheirUsers(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(9);
      AtomicBoolean over = new AtomicBoolean();
      hosts.start(
          "server",
          () -> {
            TCPSocket accepted;
            while ((accepted = listener.accept()) != null) {
              TCPSocket connection = accepted;
              hosts.start(
                  "connection",
                  () -> {
                    byte[] bytes = new byte[3000];
                    int n;
                    while ((n = connection.recv(bytes)) > 0) {
                      connection.send(bytes, 0, n);
                    }
                    connection.close();
                  });
            }
          });
      TCPSocket shared = new TCPSocket();
      for (int i = 0; i < 3; i++) {
        hosts.start(
            "user",
            () -> {
              byte[] bytes = pattern(10_000);
              while (!over.get()) {
                // Every answer is possible but a wrong one: a size, or a code of the API.
                int n = shared.send(bytes);
                assertThat(n).satisfiesAnyOf(CleanupTest::isSize, CleanupTest::isEnd);
                n = shared.recv(bytes);
                assertThat(n).satisfiesAnyOf(CleanupTest::isSize, CleanupTest::isEnd);
                hosts.sleep(1);
              }
            });
      }
      for (int round = 0; round < 60; round++) {
        assertThat(shared.open(hosts.b())).isZero();
        assertThat(shared.connect(new SocketAddress(A, 9))).isZero();
        hosts.sleep(2 + round % 7);
        assertThat(shared.close()).isZero();
      }
      over.set(true);
      hosts.sleep(100);
      assertThat(listener.close()).isZero();
      hosts.join();
      assertClean(hosts, hosts.a());
      assertClean(hosts, hosts.b());
    }
  }

  private static void isSize(int result) {
    assertThat(result).isBetween(0, 10_000);
  }

  private static void isEnd(int result) {
    assertThat(result).isIn(NsapiError.NO_SOCKET, NsapiError.NO_CONNECTION);
  }
}
