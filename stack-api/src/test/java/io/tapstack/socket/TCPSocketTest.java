package io.tapstack.socket;

import static io.tapstack.socket.Hosts.A;
import static io.tapstack.socket.Hosts.A6;
import static io.tapstack.socket.Hosts.B;
import static io.tapstack.socket.Hosts.NOBODY;
import static io.tapstack.socket.Hosts.pattern;
import static io.tapstack.socket.Hosts.receive;
import static io.tapstack.socket.Hosts.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tapstack.socket.Hosts.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mbed's TCP cases, and what its plan leaves out, over both wires. */
@Timeout(20)
class TCPSocketTest {
  private static final int[] SIZES = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1220
  };

  // ---- connecting ----

  @ParameterizedTest
  @EnumSource
  void connectInvalidThenValid(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(9);
      TCPSocket socket = tcp(hosts.b());
      assertThat(socket.connect(new SocketAddress())).isEqualTo(NsapiError.PARAMETER);
      assertThat(socket.connect(new SocketAddress("224.0.0.1", 9))).isEqualTo(NsapiError.PARAMETER);
      assertThat(socket.connect(new SocketAddress(A, 0))).isEqualTo(NsapiError.PARAMETER);
      assertThat(socket.connect("no address", 9)).isEqualTo(NsapiError.DNS_FAILURE);
      assertThat(socket.connect(A, 9)).isZero();
      assertThat(socket.close()).isZero();
      assertThat(listener.close()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectNonblockingGoesThroughItsCodes(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(9);
      TCPSocket socket = tcp(hosts.b());
      SocketAddress peer = new SocketAddress(NOBODY, 9);
      socket.setBlocking(false);
      assertThat(socket.connect(peer)).isEqualTo(NsapiError.IN_PROGRESS);
      assertThat(socket.connect(peer)).isEqualTo(NsapiError.ALREADY);
      assertThat(socket.close()).isZero();

      assertThat(socket.open(hosts.b())).isZero();
      peer.setIpAddress(A);
      assertThat(socket.connect(peer)).isEqualTo(NsapiError.IN_PROGRESS);
      int result;
      while ((result = socket.connect(peer)) == NsapiError.ALREADY) {
        hosts.sleep(1);
      }
      assertThat(result).isEqualTo(NsapiError.IS_CONNECTED);
      assertThat(listener.accept()).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectWithTimeout(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket socket = tcp(hosts.b());
      socket.setTimeout(100);
      long before = hosts.nanos();
      assertThat(socket.connect(new SocketAddress(NOBODY, 9))).isEqualTo(NsapiError.IN_PROGRESS);
      assertElapsed(hosts, before, 100);
      before = hosts.nanos();
      assertThat(socket.connect(new SocketAddress(NOBODY, 9))).isEqualTo(NsapiError.ALREADY);
      assertElapsed(hosts, before, 100);
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectTwice(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket client = hosts.pair(9)[1];
      assertThat(client.connect(new SocketAddress(A, 9))).isEqualTo(NsapiError.IS_CONNECTED);
      assertThat(hosts.listening(10).connect(new SocketAddress(B, 9)))
          .isEqualTo(NsapiError.IS_CONNECTED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectRefused(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket socket = tcp(hosts.b());
      long before = hosts.nanos();
      assertThat(socket.connect(new SocketAddress(A, 4))).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(hosts.nanos() - before).isLessThan(TimeUnit.SECONDS.toNanos(5));
      assertThat(socket.connect(new SocketAddress(A, 4))).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(socket.send(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(socket.recv(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(socket.close()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectWithoutRoute(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket socket = tcp(hosts.b());
      assertThat(socket.connect(new SocketAddress("192.0.2.1", 80)))
          .isEqualTo(NsapiError.NO_CONNECTION);
    }
  }

  @ParameterizedTest
  @EnumSource
  void connectOverIpv6(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(9);
      TCPSocket socket = tcp(hosts.b());
      assertThat(socket.connect(new SocketAddress(A6, 9))).isZero();
      TCPSocket accepted = listener.accept();
      assertThat(accepted).isNotNull();
      assertThat(accepted.send(pattern(5000))).isEqualTo(5000);
      assertThat(receive(socket, 5000)).isEqualTo(pattern(5000));
      SocketAddress peer = new SocketAddress();
      assertThat(accepted.getpeername(peer)).isZero();
      assertThat(peer.getIpAddress()).isEqualTo(Hosts.B6);
    }
  }

  // ---- echo ----

  @ParameterizedTest
  @EnumSource
  void echoTest(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.echo(7);
      TCPSocket socket = tcp(hosts.b());
      assertThat(socket.connect(new SocketAddress(A, 7))).isZero();
      for (int size : SIZES) {
        assertThat(socket.send(pattern(size))).isEqualTo(size);
        assertThat(receive(socket, size)).isEqualTo(pattern(size));
      }
      assertThat(socket.close()).isZero();
      assertThat(listener.close()).isZero();
      hosts.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void echoTestBurst(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.echo(7);
      TCPSocket socket = tcp(hosts.b());
      assertThat(socket.connect(new SocketAddress(A, 7))).isZero();
      for (int burst = 0; burst < 20; burst++) {
        byte[] bytes = pattern(1220 + burst);
        assertThat(socket.send(bytes)).isEqualTo(bytes.length);
        assertThat(receive(socket, bytes.length)).isEqualTo(bytes);
      }
      assertThat(socket.close()).isZero();
      assertThat(listener.close()).isZero();
      hosts.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendRepeat(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      for (int i = 0; i < 100; i++) {
        assertThat(pair[1].send(new byte[5])).isEqualTo(5);
      }
      assertThat(receive(pair[0], 500)).isEqualTo(new byte[500]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void receiveMoreThanTheBuffersHold(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(19);
      byte[] bytes = pattern(5_000_000);
      hosts.start("sender", () -> assertThat(pair[0].send(bytes)).isEqualTo(bytes.length));
      assertThat(receive(pair[1], bytes.length)).isEqualTo(bytes);
      hosts.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothWaysAtOnce(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(19);
      byte[] bytes = pattern(1_000_000);
      for (TCPSocket socket : pair) {
        hosts.start("sender", () -> assertThat(socket.send(bytes)).isEqualTo(bytes.length));
        hosts.start("receiver", () -> assertThat(receive(socket, bytes.length)).isEqualTo(bytes));
      }
      hosts.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void threadPerSocket(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.echo(7);
      AtomicInteger left = new AtomicInteger(8);
      for (int thread = 0; thread < 8; thread++) {
        int size = 1000 + thread * 777;
        hosts.start(
            "client",
            () -> {
              for (int i = 0; i < 5; i++) {
                TCPSocket socket = tcp(hosts.b());
                assertThat(socket.connect(new SocketAddress(A, 7))).isZero();
                assertThat(socket.send(pattern(size))).isEqualTo(size);
                assertThat(receive(socket, size)).isEqualTo(pattern(size));
                assertThat(socket.close()).isZero();
              }
              if (left.decrementAndGet() == 0) {
                assertThat(listener.close()).isZero();
              }
            });
      }
      hosts.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyThreadsOnOneSocket(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      int each = 20_000;
      AtomicInteger left = new AtomicInteger(4);
      List<int[]> counts = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        byte value = (byte) (thread + 1);
        hosts.start(
            "sender",
            () -> {
              byte[] bytes = new byte[each];
              Arrays.fill(bytes, value);
              assertThat(pair[1].send(bytes)).isEqualTo(each);
              if (left.decrementAndGet() == 0) {
                assertThat(pair[1].shutdownOutput()).isZero();
              }
            });
        int[] count = new int[5];
        counts.add(count);
        hosts.start(
            "receiver",
            () -> {
              byte[] bytes = new byte[777];
              int n;
              while ((n = pair[0].recv(bytes)) > 0) {
                for (int i = 0; i < n; i++) {
                  count[bytes[i]]++;
                }
              }
              assertThat(n).isZero();
            });
      }
      hosts.join();
      for (int value = 1; value <= 4; value++) {
        int of = value;
        assertThat(counts.stream().mapToInt(count -> count[of]).sum()).isEqualTo(each);
      }
    }
  }

  // ---- waiting ----

  @ParameterizedTest
  @EnumSource
  void recvTimeout(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket client = hosts.pair(7)[1];
      client.setTimeout(100);
      for (int round = 0; round < 3; round++) {
        long before = hosts.nanos();
        assertThat(client.recv(new byte[10])).isEqualTo(NsapiError.WOULD_BLOCK);
        assertElapsed(hosts, before, 100);
      }
      client.setBlocking(false);
      assertThat(client.recv(new byte[10])).isEqualTo(NsapiError.WOULD_BLOCK);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendWithoutWaitingAnswersWhatFits(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      pair[1].setBlocking(false);
      byte[] bytes = pattern(100_000);
      int sent = 0;
      int n;
      while ((n = pair[1].send(bytes)) > 0) {
        assertThat(n).isLessThanOrEqualTo(bytes.length);
        sent += n;
      }
      assertThat(n).isEqualTo(NsapiError.WOULD_BLOCK);
      // Nobody reads: at last neither this side's buffer nor the peer's takes any more.
      pair[1].setTimeout(3000);
      while ((n = pair[1].send(bytes)) > 0) {
        sent += n;
      }
      pair[1].setTimeout(50);
      long before = hosts.nanos();
      assertThat(pair[1].send(bytes)).isEqualTo(NsapiError.WOULD_BLOCK);
      assertElapsed(hosts, before, 50);
      receive(pair[0], sent);
      assertThat(pair[1].send(bytes)).isPositive();
    }
  }

  @ParameterizedTest
  @EnumSource
  void acceptTimeout(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(7);
      int[] error = new int[1];
      listener.setTimeout(50);
      long before = hosts.nanos();
      assertThat(listener.accept(error)).isNull();
      assertThat(error[0]).isEqualTo(NsapiError.WOULD_BLOCK);
      assertElapsed(hosts, before, 50);
      listener.setBlocking(false);
      assertThat(listener.accept(error)).isNull();
      assertThat(error[0]).isEqualTo(NsapiError.WOULD_BLOCK);
    }
  }

  private static void assertElapsed(Hosts hosts, long since, long millis) {
    long elapsed = TimeUnit.NANOSECONDS.toMillis(hosts.nanos() - since);
    assertThat(elapsed).isBetween(millis, millis + hosts.slackMillis());
  }

  // ---- ends ----

  @ParameterizedTest
  @EnumSource
  void endpointClose(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(13);
      byte[] line = "1 JAN 2026 00:00:00 UTC\r\n".getBytes(StandardCharsets.US_ASCII);
      assertThat(pair[0].send(line)).isEqualTo(line.length);
      assertThat(pair[0].close()).isZero();
      assertThat(receive(pair[1], line.length)).isEqualTo(line);
      for (int i = 0; i < 3; i++) {
        assertThat(pair[1].recv(new byte[10])).as("every time").isZero();
      }
      assertThat(pair[1].close()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void halfClose(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      assertThat(pair[1].send(pattern(100_000))).isEqualTo(100_000);
      assertThat(pair[1].shutdownOutput()).isZero();
      assertThat(pair[1].send(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(receive(pair[0], 100_000)).isEqualTo(pattern(100_000));
      assertThat(pair[0].recv(new byte[1])).isZero();
      assertThat(pair[0].send(pattern(2000))).as("after the peer's FIN").isEqualTo(2000);
      assertThat(pair[0].close()).isZero();
      assertThat(receive(pair[1], 2000)).isEqualTo(pattern(2000));
      assertThat(pair[1].recv(new byte[1])).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeWithUnreadDataResetsThePeer(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      assertThat(pair[1].send(pattern(100))).isEqualTo(100);
      assertThat(pair[0].recv(new byte[1])).isEqualTo(1);
      assertThat(pair[0].close()).isZero();
      assertThat(pair[1].recv(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(pair[1].send(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
      SocketAddress peer = new SocketAddress();
      assertThat(pair[1].getpeername(peer)).as("still known").isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void neverConnected(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket socket = tcp(hosts.b());
      assertThat(socket.send(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(socket.recv(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(socket.shutdownOutput()).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(socket.getpeername(new SocketAddress())).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(hosts.listening(9).recv(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeWakesWhoeverWaits(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      TCPSocket listener = hosts.listening(10);
      TCPSocket connecting = tcp(hosts.b());
      TCPSocket sending = hosts.pair(11)[1];
      List<Integer> codes = Collections.synchronizedList(new ArrayList<>());
      // By a thread of the simulation: virtual time stands still until all wait, and all are
      // closed.
      hosts.start(
          "close",
          () -> {
            for (int i = 0; i < 2; i++) {
              hosts.start("recv", () -> codes.add(pair[1].recv(new byte[1])));
            }
            hosts.start(
                "accept",
                () -> {
                  int[] error = new int[1];
                  assertThat(listener.accept(error)).isNull();
                  codes.add(error[0]);
                });
            hosts.start(
                "connect", () -> codes.add(connecting.connect(new SocketAddress(NOBODY, 9))));
            hosts.start("send", () -> codes.add(sending.send(new byte[10_000_000])));
            hosts.sleep(300);
            assertThat(codes).isEmpty();
            for (TCPSocket socket : List.of(pair[1], listener, connecting, sending)) {
              assertThat(socket.close()).isZero();
            }
          });
      hosts.join();
      assertThat(codes).hasSize(5).containsOnly(NsapiError.NO_SOCKET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSocketCanBeOpenedAgain(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(9);
      TCPSocket socket = new TCPSocket();
      for (int i = 0; i < 3; i++) {
        assertThat(socket.open(hosts.b())).isZero();
        assertThat(socket.connect(new SocketAddress(A, 9))).isZero();
        TCPSocket accepted = listener.accept();
        assertThat(accepted).isNotNull();
        assertThat(socket.close()).isZero();
        assertThat(accepted.recv(new byte[1])).isZero();
        assertThat(accepted.close()).isZero();
      }
    }
  }

  // ---- listening ----

  @ParameterizedTest
  @EnumSource
  void listenAndAcceptErrors(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket socket = tcp(hosts.a());
      int[] error = new int[1];
      assertThat(socket.listen()).as("unbound").isEqualTo(NsapiError.PARAMETER);
      assertThat(socket.accept(error)).isNull();
      assertThat(error[0]).isEqualTo(NsapiError.PARAMETER);
      assertThat(hosts.pair(9)[1].listen()).as("connected").isEqualTo(NsapiError.PARAMETER);
      TCPSocket listener = hosts.listening(10);
      assertThat(listener.listen(5)).as("again").isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void acceptedSocketKnowsItsPeerAndInheritsNothing(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(9);
      TCPSocket client = tcp(hosts.b());
      assertThat(client.bind(4711)).isZero();
      assertThat(client.connect(new SocketAddress(A, 9))).isZero();
      listener.setTimeout(1000);
      TCPSocket accepted = listener.accept();
      assertThat(accepted).isNotNull();
      SocketAddress peer = new SocketAddress();
      assertThat(accepted.getpeername(peer)).isZero();
      assertThat(peer).isEqualTo(new SocketAddress(B, 4711));
      assertThat(accepted.getsockname(peer)).isZero();
      assertThat(peer).isEqualTo(new SocketAddress(A, 9));
      assertThat(client.getpeername(peer)).isZero();
      assertThat(peer).isEqualTo(new SocketAddress(A, 9));
      assertThat(accepted.timeout()).isEqualTo(-1);
      assertThat(accepted.close()).isZero();
      assertThat(accepted.close()).isEqualTo(NsapiError.NO_SOCKET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void reuseAddressAllowsToListenAgainAtOnce(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      assertThat(pair[0].close()).isZero();
      assertThat(pair[1].recv(new byte[1])).isZero();
      assertThat(pair[1].close()).isZero();
      hosts.sleep(50);
      TCPSocket again = tcp(hosts.a());
      assertThat(again.bind(9)).as("TIME-WAIT").isEqualTo(NsapiError.PARAMETER);
      assertThat(again.setsockopt(SocketOption.LEVEL, SocketOption.REUSEADDR, 1)).isZero();
      assertThat(again.bind(9)).isZero();
      assertThat(again.listen()).isZero();
    }
  }

  // ---- payloads ----

  @ParameterizedTest
  @EnumSource
  void allKindsOfBuffers(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      byte[] bytes = pattern(3000);
      ByteBuffer direct = ByteBuffer.allocateDirect(1010).put(7, bytes, 0, 1000).position(7);
      direct.limit(1007);
      assertThat(pair[1].send(direct)).isEqualTo(1000);
      assertThat(direct.hasRemaining()).isFalse();
      ByteBuf netty =
          Unpooled.wrappedBuffer(
              Unpooled.copiedBuffer(bytes, 1000, 500), Unpooled.copiedBuffer(bytes, 1500, 500));
      assertThat(pair[1].send(netty)).isEqualTo(1000);
      assertThat(netty.isReadable()).isFalse();
      assertThat(pair[1].send(bytes, 2000, 1000)).isEqualTo(1000);

      ByteBuffer into = ByteBuffer.allocate(1200).position(200);
      while (into.hasRemaining()) {
        assertThat(pair[0].recv(into)).isPositive();
      }
      assertThat(into.slice(200, 1000)).isEqualTo(ByteBuffer.wrap(bytes, 0, 1000));
      ByteBuf intoNetty = Unpooled.directBuffer(1000, 1000);
      while (intoNetty.isWritable()) {
        assertThat(pair[0].recv(intoNetty)).isPositive();
      }
      assertThat(intoNetty).isEqualTo(Unpooled.wrappedBuffer(bytes, 1000, 1000));
      intoNetty.release();
      SocketAddress from = new SocketAddress();
      byte[] last = new byte[1000];
      for (int got = 0; got < 1000; ) {
        got += NsapiError.check(pair[0].recvfrom(from, last, got, 1000 - got));
      }
      assertThat(ByteBuffer.wrap(last)).isEqualTo(ByteBuffer.wrap(bytes, 2000, 1000));
      assertThat(from.getIpAddress()).isEqualTo(B);
    }
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsSentAndReceivedOfNothing(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      assertThat(pair[1].send(new byte[0])).isZero();
      assertThat(pair[0].recv(new byte[0])).isZero();
      assertThat(pair[1].sendto(new SocketAddress(), new byte[] {1, 2})).isEqualTo(2);
      assertThat(pair[0].recvfrom(null, new byte[10])).isEqualTo(2);
      assertThatThrownBy(() -> pair[0].recv(new byte[10], 5, 6))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendWhileConnectingIsQueued(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket listener = hosts.listening(9);
      TCPSocket socket = tcp(hosts.b());
      socket.setBlocking(false);
      assertThat(socket.connect(new SocketAddress(A, 9))).isEqualTo(NsapiError.IN_PROGRESS);
      assertThat(socket.send(pattern(1000))).isEqualTo(1000);
      TCPSocket accepted = listener.accept();
      assertThat(accepted).isNotNull();
      assertThat(receive(accepted, 1000)).isEqualTo(pattern(1000));
    }
  }

  @ParameterizedTest
  @EnumSource
  void disconnectDeliversWhatClosedSocketsSent(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      assertThat(pair[1].send(pattern(60_000))).isEqualTo(60_000);
      assertThat(pair[1].close()).isZero();
      assertThat(hosts.b().disconnect()).isZero();
      assertThat(receive(pair[0], 60_000)).isEqualTo(pattern(60_000));
      assertThat(pair[0].recv(new byte[1])).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void disconnectEndsConnectionsAndKeepsSockets(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      TCPSocket[] pair = hosts.pair(9);
      hosts.start(
          "recv", () -> assertThat(pair[0].recv(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION));
      hosts.sleep(50);
      assertThat(hosts.a().disconnect()).isZero();
      hosts.join();
      assertThat(pair[0].send(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(pair[0].close()).isZero();
      assertThat(hosts.a().connect()).isZero();
      assertThat(hosts.pair(12)).hasSize(2);
    }
  }
}
