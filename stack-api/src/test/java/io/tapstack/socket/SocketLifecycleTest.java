package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Pipe;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mbed's lifecycle and bind cases, for both kinds of sockets; no peer is needed. */
class SocketLifecycleTest {
  /** Which socket a case is for. */
  enum Kind {
    TCP,
    UDP;

    InternetSocket create() {
      return this == TCP ? new TCPSocket() : new UDPSocket();
    }
  }

  private final EthernetInterface net = new EthernetInterface(Pipe.create().left());

  @BeforeEach
  void connect() {
    assertThat(net.setNetwork("10.77.0.1", "255.255.255.0", null)).isZero();
    assertThat(net.connect()).isZero();
  }

  @AfterEach
  void close() {
    net.close();
  }

  private InternetSocket open(Kind kind) {
    InternetSocket socket = kind.create();
    assertThat(socket.open(net)).isZero();
    return socket;
  }

  @ParameterizedTest
  @EnumSource
  void openCloseRepeat(Kind kind) {
    InternetSocket socket = kind.create();
    for (int i = 0; i < 2; i++) {
      assertThat(socket.open(net)).isZero();
      assertThat(socket.close()).isZero();
    }
    assertThat(socket.close()).isEqualTo(NsapiError.NO_SOCKET);
  }

  @ParameterizedTest
  @EnumSource
  void openLimit(Kind kind) {
    List<InternetSocket> sockets = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      InternetSocket socket = open(kind);
      assertThat(socket.bind(0)).isZero();
      sockets.add(socket);
    }
    sockets.forEach(socket -> assertThat(socket.close()).isZero());
  }

  @ParameterizedTest
  @EnumSource
  void openTwice(Kind kind) {
    InternetSocket socket = open(kind);
    assertThat(socket.open(net)).isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.close()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void openNullStack(Kind kind) {
    InternetSocket socket = kind.create();
    assertThat(socket.open(null)).isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.open(net)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void openOnAClosedInterface(Kind kind) {
    net.close();
    assertThat(kind.create().open(net)).isEqualTo(NsapiError.NO_SOCKET);
  }

  @ParameterizedTest
  @EnumSource
  void bindPort(Kind kind) {
    InternetSocket socket = open(kind);
    assertThat(socket.bind(1024)).isZero();
    SocketAddress local = new SocketAddress();
    assertThat(socket.getsockname(local)).isZero();
    assertThat(local.getPort()).isEqualTo(1024);
    assertThat(socket.bind(1025)).as("a second bind").isEqualTo(NsapiError.PARAMETER);
  }

  @ParameterizedTest
  @EnumSource
  void bindPortFail(Kind kind) {
    InternetSocket first = open(kind);
    InternetSocket second = open(kind);
    assertThat(first.bind(1024)).isZero();
    assertThat(second.bind(1024)).isEqualTo(NsapiError.PARAMETER);
    assertThat(first.close()).isZero();
    assertThat(second.bind(1024)).as("after the first is closed").isZero();
  }

  @ParameterizedTest
  @EnumSource
  void bindPortOutOfRange(Kind kind) {
    InternetSocket socket = open(kind);
    assertThat(socket.bind(65536)).isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.bind(-1)).isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.bind("10.77.0.1", 65536)).isEqualTo(NsapiError.PARAMETER);
  }

  @ParameterizedTest
  @EnumSource
  void bindPortZeroTakesAnEphemeralOne(Kind kind) {
    InternetSocket socket = open(kind);
    SocketAddress local = new SocketAddress();
    assertThat(socket.getsockname(local)).isEqualTo(NsapiError.NO_ADDRESS);
    assertThat(socket.bind(0)).isZero();
    assertThat(socket.getsockname(local)).isZero();
    assertThat(local.getPort()).isGreaterThanOrEqualTo(1024);
  }

  @ParameterizedTest
  @EnumSource
  void bindAddressInvalid(Kind kind) {
    InternetSocket socket = open(kind);
    assertThat(socket.bind("190.2.3.4", 1024)).isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.bind("fe80::ff01", 1024)).isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.bind("no address", 1024)).isEqualTo(NsapiError.PARAMETER);
  }

  @ParameterizedTest
  @EnumSource
  void bindAddress(Kind kind) {
    SocketAddress own = new SocketAddress();
    assertThat(net.getIpAddress(own)).isZero();
    own.setPort(80);
    assertThat(open(kind).bind(own)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void bindAddressNull(Kind kind) {
    assertThat(open(kind).bind((String) null, 1024)).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void everythingAnswersNoSocketWhenUnopened(Kind kind) {
    InternetSocket socket = kind.create();
    byte[] bytes = new byte[10];
    SocketAddress address = new SocketAddress("10.77.0.2", 9);
    int[] value = {7};
    assertThat(socket.bind(1024)).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.send(bytes)).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.recv(bytes)).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.sendto(address, bytes)).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.recvfrom(null, bytes)).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.listen()).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.accept(value)).isNull();
    assertThat(value[0]).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.getpeername(address)).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.getsockname(address)).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.KEEPALIVE, 1))
        .isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.KEEPALIVE, value))
        .isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.joinMulticastGroup(address)).isEqualTo(NsapiError.NO_SOCKET);
    assertThat(socket.close()).isEqualTo(NsapiError.NO_SOCKET);
    // Of all operations, only a datagram socket's connect needs no open socket.
    assertThat(socket.connect(address)).isEqualTo(kind == Kind.TCP ? NsapiError.NO_SOCKET : 0);
  }

  @ParameterizedTest
  @EnumSource
  void closeCallsSigioOnce(Kind kind) {
    InternetSocket socket = open(kind);
    AtomicInteger calls = new AtomicInteger();
    socket.sigio(calls::incrementAndGet);
    assertThat(socket.close()).isZero();
    assertThat(calls).hasValue(1);
    socket.sigio(null);
    assertThat(socket.open(net)).isZero();
    assertThat(socket.close()).isZero();
    assertThat(calls).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void multicastIsUnsupported(Kind kind) {
    SocketAddress group = new SocketAddress("224.0.0.251", 0);
    assertThat(open(kind).joinMulticastGroup(group)).isEqualTo(NsapiError.UNSUPPORTED);
    assertThat(open(kind).leaveMulticastGroup(group)).isEqualTo(NsapiError.UNSUPPORTED);
  }

  // Proves: RFC 9293 MUST-28
  @Test
  void idleConnectionsAreNotProbedForTwoHours() {
    TCPSocket socket = (TCPSocket) open(Kind.TCP);
    int[] value = new int[1];
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.KEEPIDLE, value)).isZero();
    assertThat(value[0]).isEqualTo(7200);
  }

  // Proves: RFC 9293 MUST-25; RFC 9293 MUST-28
  @Test
  void keepAliveIsOffAndItsIntervalTwoHours() {
    TCPSocket socket = (TCPSocket) open(Kind.TCP);
    int[] value = {-1};
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.KEEPALIVE, value)).isZero();
    assertThat(value[0]).isZero();
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.KEEPIDLE, value)).isZero();
    assertThat(value[0]).isGreaterThanOrEqualTo(7200);
  }

  // Proves: RFC 9293 MUST-48
  @Test
  void tcpHasATypeOfService() {
    TCPSocket socket = (TCPSocket) open(Kind.TCP);
    int[] value = {-1};
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.IPTOS, value)).isZero();
    assertThat(value[0]).isZero();
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.IPTOS, 0xb8)).isZero();
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.IPTOS, value)).isZero();
    assertThat(value[0]).isEqualTo(0xb8);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.IPTOS, 256))
        .isEqualTo(NsapiError.PARAMETER);
  }

  @Test
  void tcpOptions() {
    TCPSocket socket = (TCPSocket) open(Kind.TCP);
    int[] value = new int[1];
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.KEEPALIVE, 7200)).isZero();
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.KEEPALIVE, value)).isZero();
    assertThat(value[0]).isEqualTo(1);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.KEEPIDLE, 60)).isZero();
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.KEEPIDLE, value)).isZero();
    assertThat(value[0]).isEqualTo(60);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.KEEPINTVL, 0))
        .isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.LINGER, value)).isZero();
    assertThat(value[0]).isEqualTo(-1);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.LINGER, 0)).isZero();
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.LINGER, value)).isZero();
    assertThat(value[0]).isZero();
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.LINGER, -2))
        .isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.KEEPCNT, 1))
        .isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.KEEPCNT, 3)).isZero();
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.KEEPCNT, value)).isZero();
    assertThat(value[0]).isEqualTo(3);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.USER_TIMEOUT, -1))
        .isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.USER_TIMEOUT, 5000)).isZero();
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.USER_TIMEOUT, value)).isZero();
    assertThat(value[0]).isEqualTo(5000);
    assertThat(socket.setCongestionControl("none such")).isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.setCongestionControl("reno")).isZero();
    assertThat(socket.info()).isNull();
    assertThat(socket.setsockopt(1, SocketOption.KEEPALIVE, 1)).isEqualTo(NsapiError.UNSUPPORTED);
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.SNDBUF, value))
        .isEqualTo(NsapiError.UNSUPPORTED);
    assertThat(socket.setNoDelay(true)).isZero();
  }

  @Test
  void udpOptions() {
    InternetSocket socket = open(Kind.UDP);
    int[] value = new int[1];
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.IPTOS, 0x10)).isZero();
    assertThat(socket.getsockopt(SocketOption.LEVEL, SocketOption.IPTOS, value)).isZero();
    assertThat(value[0]).isEqualTo(0x10);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.IPTOS, 256))
        .isEqualTo(NsapiError.PARAMETER);
    assertThat(socket.setsockopt(SocketOption.LEVEL, SocketOption.BROADCAST, 1))
        .isEqualTo(NsapiError.UNSUPPORTED);
  }
}
