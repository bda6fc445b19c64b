package io.tapstack.socket;

import static io.tapstack.socket.Hosts.A;
import static io.tapstack.socket.Hosts.A6;
import static io.tapstack.socket.Hosts.B;
import static io.tapstack.socket.Hosts.pattern;
import static io.tapstack.socket.Hosts.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.tapstack.socket.Hosts.Wire;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mbed's UDP cases, and what its plan leaves out, over both wires. */
@Timeout(20)
class UDPSocketTest {
  private static final int[] SIZES = {
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1200
  };

  /** Echoes datagrams at a port of {@code a} until the socket is closed. */
  private static UDPSocket echo(Hosts hosts, int port) {
    UDPSocket server = bound(hosts, port);
    hosts.start(
        "udp-echo",
        () -> {
          SocketAddress from = new SocketAddress();
          byte[] bytes = new byte[2000];
          int n;
          while ((n = server.recvfrom(from, bytes)) >= 0) {
            assertThat(server.sendto(from, bytes, 0, n)).isEqualTo(n);
          }
          assertThat(n).isEqualTo(NsapiError.NO_SOCKET);
        });
    return server;
  }

  private static UDPSocket bound(Hosts hosts, int port) {
    UDPSocket socket = udp(hosts.a());
    assertThat(socket.bind(port)).isZero();
    return socket;
  }

  @ParameterizedTest
  @EnumSource
  void echoTest(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket server = echo(hosts, 7);
      UDPSocket socket = udp(hosts.b());
      SocketAddress to = new SocketAddress(A, 7);
      for (int size : SIZES) {
        SocketAddress from = new SocketAddress();
        byte[] bytes = new byte[2000];
        assertThat(socket.sendto(to, pattern(size))).isEqualTo(size);
        assertThat(socket.recvfrom(from, bytes)).isEqualTo(size);
        assertThat(Arrays.copyOf(bytes, size)).isEqualTo(pattern(size));
        assertThat(from).isEqualTo(to);
      }
      assertThat(server.close()).isZero();
      hosts.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void echoTestConnectSendRecvOverIpv6(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket server = echo(hosts, 7);
      UDPSocket socket = udp(hosts.b());
      SocketAddress to = new SocketAddress(A6, 7);
      assertThat(socket.send(new byte[1])).isEqualTo(NsapiError.NO_ADDRESS);
      assertThat(socket.getpeername(new SocketAddress())).isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(socket.connect(to)).isZero();
      SocketAddress peer = new SocketAddress();
      assertThat(socket.getpeername(peer)).isZero();
      assertThat(peer).isEqualTo(to);
      for (int size : SIZES) {
        byte[] bytes = new byte[size];
        assertThat(socket.send(pattern(size))).isEqualTo(size);
        assertThat(socket.recv(bytes)).isEqualTo(size);
        assertThat(bytes).isEqualTo(pattern(size));
      }
      assertThat(socket.connect(new SocketAddress())).isZero();
      assertThat(socket.send(new byte[1])).isEqualTo(NsapiError.NO_ADDRESS);
      assertThat(server.close()).isZero();
      hosts.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void echoTestBurst(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket server = echo(hosts, 7);
      UDPSocket socket = udp(hosts.b());
      SocketAddress to = new SocketAddress(A, 7);
      hosts.acquaint(); // the queue for an unknown neighbour would not hold a burst
      for (int burst = 0; burst < 20; burst++) {
        List<Integer> sizes = List.of(100, 200, 300, 120, 500);
        for (int size : sizes) {
          assertThat(socket.sendto(to, pattern(size))).isEqualTo(size);
        }
        List<Integer> got = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
          got.add(socket.recv(new byte[1000]));
        }
        assertThat(got).containsExactlyInAnyOrderElementsOf(sizes);
      }
      assertThat(server.close()).isZero();
      hosts.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendtoRepeatAndTimeout(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      hosts.acquaint();
      bound(hosts, 9);
      UDPSocket socket = udp(hosts.b());
      socket.setTimeout(100);
      long before = hosts.nanos();
      for (int i = 0; i < 100; i++) {
        assertThat(socket.sendto(new SocketAddress(A, 9), new byte[5])).isEqualTo(5);
      }
      assertThat(hosts.nanos() - before).isLessThan(TimeUnit.SECONDS.toNanos(5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void sendtoInvalid(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket server = bound(hosts, 9);
      UDPSocket socket = udp(hosts.b());
      assertThat(socket.sendto(new SocketAddress(), new byte[5])).isEqualTo(NsapiError.PARAMETER);
      assertThat(socket.sendto(new SocketAddress("0.0.0.0", 9), new byte[5]))
          .isEqualTo(NsapiError.PARAMETER);
      assertThat(socket.sendto(new SocketAddress(A, 0), new byte[5]))
          .isEqualTo(NsapiError.PARAMETER);
      assertThat(socket.sendto("no address", 9, new byte[5])).isEqualTo(NsapiError.DNS_FAILURE);
      assertThat(socket.sendto(new SocketAddress("192.0.2.1", 9), new byte[5]))
          .as("no route")
          .isEqualTo(NsapiError.NO_CONNECTION);
      assertThat(socket.sendto(new SocketAddress(A, 9), new byte[65_508]))
          .as("larger than a datagram can be")
          .isEqualTo(NsapiError.PARAMETER);
      assertThat(socket.sendto(A, 9, new byte[0])).as("an empty datagram").isZero();
      assertThat(server.recv(new byte[5])).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void datagramsLargerThanTheMtuTravelInFragments(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket server = bound(hosts, 9);
      UDPSocket socket = udp(hosts.b());
      // Resolves the neighbours, whose queues would not hold all fragments.
      for (String to : List.of(A, A6)) {
        assertThat(socket.sendto(to, 9, new byte[1])).isEqualTo(1);
        assertThat(server.recv(new byte[1])).isEqualTo(1);
      }
      for (String to : List.of(A, A6)) {
        for (int size : new int[] {1453, 1473, 4000, 40_000}) {
          byte[] bytes = new byte[65_535];
          assertThat(socket.sendto(to, 9, pattern(size))).isEqualTo(size);
          assertThat(server.recv(bytes)).isEqualTo(size);
          assertThat(Arrays.copyOf(bytes, size)).isEqualTo(pattern(size));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void recvTimeout(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket socket = bound(hosts, 7);
      socket.setTimeout(100);
      SocketAddress from = new SocketAddress("10.9.9.9", 99);
      for (int round = 0; round < 3; round++) {
        long before = hosts.nanos();
        assertThat(socket.recvfrom(from, new byte[5])).isEqualTo(NsapiError.WOULD_BLOCK);
        assertThat(TimeUnit.NANOSECONDS.toMillis(hosts.nanos() - before))
            .isBetween(100L, 100 + hosts.slackMillis());
      }
      assertThat(from).as("left alone").isEqualTo(new SocketAddress("10.9.9.9", 99));
      socket.setBlocking(false);
      assertThat(socket.recv(new byte[5])).isEqualTo(NsapiError.WOULD_BLOCK);
    }
  }

  @ParameterizedTest
  @EnumSource
  void recvAddressFiltering(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket socket = bound(hosts, 7);
      UDPSocket friend = udp(hosts.b());
      UDPSocket stranger = udp(hosts.b());
      assertThat(friend.bind(1000)).isZero();
      assertThat(socket.connect(new SocketAddress(B, 1000))).isZero();
      assertThat(stranger.sendto(new SocketAddress(A, 7), new byte[1])).isEqualTo(1);
      assertThat(friend.sendto(new SocketAddress(A, 7), new byte[2])).isEqualTo(2);
      assertThat(socket.recv(new byte[10])).isEqualTo(2);
      socket.setTimeout(50);
      assertThat(socket.recv(new byte[10])).isEqualTo(NsapiError.WOULD_BLOCK);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatDoesNotFitIsLost(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket server = bound(hosts, 7);
      UDPSocket socket = udp(hosts.b());
      assertThat(socket.sendto(new SocketAddress(A, 7), pattern(100))).isEqualTo(100);
      assertThat(socket.sendto(new SocketAddress(A, 7), pattern(3))).isEqualTo(3);
      assertThat(server.recv(new byte[10])).isEqualTo(10);
      assertThat(server.recv(new byte[10])).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @EnumSource
  void allKindsOfBuffers(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket server = bound(hosts, 7);
      UDPSocket socket = udp(hosts.b());
      SocketAddress to = new SocketAddress(A, 7);
      ByteBuffer direct = ByteBuffer.allocateDirect(20).put(pattern(20)).flip().position(4);
      assertThat(socket.sendto(to, direct)).isEqualTo(16);
      assertThat(direct.hasRemaining()).isFalse();
      ByteBuf netty = Unpooled.copiedBuffer(pattern(20));
      assertThat(socket.sendto(to, netty)).isEqualTo(20);
      assertThat(netty.isReadable()).isFalse();
      ByteBuf into = Unpooled.buffer(100);
      assertThat(server.recvfrom(null, into)).isEqualTo(16);
      assertThat(into).isEqualTo(Unpooled.wrappedBuffer(pattern(20), 4, 16));
      ByteBuffer heap = ByteBuffer.allocate(100);
      assertThat(server.recv(heap)).isEqualTo(20);
      assertThat(heap.flip()).isEqualTo(ByteBuffer.wrap(pattern(20)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void closeWakesWhoeverWaits(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket socket = bound(hosts, 7);
      List<Integer> codes = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 3; i++) {
        hosts.start("recv", () -> codes.add(socket.recv(new byte[5])));
      }
      hosts.sleep(50);
      assertThat(socket.close()).isZero();
      hosts.join();
      assertThat(codes).hasSize(3).containsOnly(NsapiError.NO_SOCKET);
    }
  }

  @ParameterizedTest
  @EnumSource
  void unsupportedApi(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket socket = udp(hosts.b());
      int[] error = new int[1];
      assertThat(socket.listen(1)).isEqualTo(NsapiError.UNSUPPORTED);
      assertThat(socket.accept(error)).isNull();
      assertThat(error[0]).isEqualTo(NsapiError.UNSUPPORTED);
    }
  }

  @ParameterizedTest
  @EnumSource
  void broadcastReachesEverybodyWhoIsBound(Wire wire) {
    try (Hosts hosts = wire.connect()) {
      UDPSocket server = bound(hosts, 7);
      UDPSocket socket = udp(hosts.b());
      assertThat(socket.sendto(new SocketAddress("10.77.0.255", 7), new byte[5])).isEqualTo(5);
      assertThat(server.recv(new byte[10])).isEqualTo(5);
    }
  }
}
