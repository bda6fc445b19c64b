package io.tapstack.socket;

import static io.tapstack.socket.Hosts.A;
import static io.tapstack.socket.Hosts.pattern;
import static io.tapstack.socket.Hosts.tcp;
import static io.tapstack.socket.Hosts.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.Hosts.Wire;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The callback of a socket: edge-triggered, coalesced, and free to call. */
@Timeout(20)
class SigioTest {
  @ParameterizedTest
  @EnumSource
  void isCalledOnceBetweenTwoOperations(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      hosts.acquaint();
      UDPSocket server = udp(hosts.a());
      AtomicInteger calls = new AtomicInteger();
      assertThat(server.bind(7)).isZero();
      server.sigio(calls::incrementAndGet);
      UDPSocket client = udp(hosts.b());
      for (int i = 0; i < 5; i++) {
        assertThat(client.sendto(new SocketAddress(A, 7), new byte[1])).isEqualTo(1);
        hosts.until("the first call", () -> calls.get() > 0);
      }
      hosts.sleep(50);
      assertThat(calls).hasValue(1);
      server.setTimeout(5000);
      for (int i = 0; i < 5; i++) {
        assertThat(server.recv(new byte[1])).isEqualTo(1);
      }
      server.setBlocking(false);
      assertThat(server.recv(new byte[1])).isEqualTo(NsapiError.WOULD_BLOCK);
      int before = calls.get();
      assertThat(client.sendto(new SocketAddress(A, 7), new byte[1])).isEqualTo(1);
      hosts.until("a call for what came later", () -> calls.get() > before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfConnectionDataAndEnd(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(9);
      TCPSocket socket = tcp(hosts.b());
      AtomicInteger calls = new AtomicInteger();
      AtomicInteger incoming = new AtomicInteger();
      socket.setBlocking(false);
      socket.sigio(calls::incrementAndGet);
      listener.sigio(incoming::incrementAndGet);
      SocketAddress peer = new SocketAddress(A, 9);
      assertThat(socket.connect(peer)).isEqualTo(NsapiError.IN_PROGRESS);
      hosts.until("connected", () -> calls.get() == 1);
      hosts.until("acceptable", () -> incoming.get() == 1);
      assertThat(socket.connect(peer)).isEqualTo(NsapiError.IS_CONNECTED);
      TCPSocket accepted = listener.accept();
      assertThat(accepted).isNotNull();
      assertThat(accepted.send(pattern(100))).isEqualTo(100);
      hosts.until("readable", () -> calls.get() == 2);
      assertThat(socket.recv(new byte[200])).isEqualTo(100);
      assertThat(accepted.close()).isZero();
      hosts.until("ended", () -> calls.get() == 3);
      for (int i = 0; i < 3; i++) {
        assertThat(socket.recv(new byte[200])).isZero();
        hosts.sleep(20);
      }
      assertThat(calls).as("once more when the end was received, and never again").hasValue(4);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsOfAnEndThatCameTogetherWithData(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      AtomicInteger calls = new AtomicInteger();
      pair[1].setBlocking(false);
      pair[1].sigio(calls::incrementAndGet);
      assertThat(pair[0].send(pattern(100))).isEqualTo(100);
      assertThat(pair[0].close()).isZero();
      hosts.until("data", () -> calls.get() == 1);
      hosts.sleep(100); // and FIN, which is no call of its own
      assertThat(pair[1].recv(new byte[200])).isEqualTo(100);
      // A program that reads once per call must hear of the end, too.
      hosts.until("the end", () -> calls.get() == 2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tellsAtOnceOfWhatCameBeforeItWasSet(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      assertThat(pair[0].send(pattern(100))).isEqualTo(100);
      hosts.sleep(50);
      AtomicInteger calls = new AtomicInteger();
      pair[1].sigio(calls::incrementAndGet);
      hosts.until("the call", () -> calls.get() == 1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void operationsCalledFromWithinDoNotWait(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      AtomicReference<String> codes = new AtomicReference<>("");
      pair[1].sigio(
          () -> {
            int first = pair[1].recv(new byte[200]);
            int second = pair[1].recv(new byte[200]);
            codes.compareAndSet("", first + " " + NsapiError.name(second));
          });
      assertThat(pair[0].send(pattern(100))).isEqualTo(100);
      hosts.until("the call", () -> !codes.get().isEmpty());
      assertThat(codes).hasValue("100 WOULD_BLOCK");
      assertThat(pair[0].send(pattern(10))).isEqualTo(10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void isNotCalledAfterItWasTakenAway(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      AtomicInteger calls = new AtomicInteger();
      pair[1].sigio(calls::incrementAndGet);
      pair[1].sigio(null);
      assertThat(pair[0].send(pattern(100))).isEqualTo(100);
      hosts.sleep(50);
      assertThat(calls).hasValue(0);
    }
  }
}
