package io.tapstack.socket;

import static io.tapstack.socket.Hosts.A;
import static io.tapstack.socket.Hosts.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import io.tapstack.tcp.TcpInfo;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The three forms of close, and the options of connections, over a slow wire: 100 ms each way. */
@Timeout(20)
class LingerTest {
  private static final int LEVEL = SocketOption.LEVEL;

  private final Hosts hosts = Hosts.simulated(Impairment.NONE.delay(100_000_000));
  private final TCPSocket listener = hosts.listening(9);

  @AfterEach
  void close() {
    listener.close();
    hosts.close();
  }

  private TCPSocket connected() {
    TCPSocket socket = tcp(hosts.b());
    assertThat(socket.connect(A, 9)).isZero();
    return socket;
  }

  private TCPSocket accepted() {
    int[] error = new int[1];
    TCPSocket peer = listener.accept(error);
    assertThat(error[0]).isZero();
    return Objects.requireNonNull(peer);
  }

  /** What close takes, in milliseconds. */
  private long closing(TCPSocket socket) {
    long before = hosts.nanos();
    assertThat(socket.close()).isZero();
    return (hosts.nanos() - before) / 1_000_000;
  }

  @Test
  void closeReturnsAtOnceAndTheStackGoesOn() {
    TCPSocket socket = connected();
    TCPSocket peer = accepted();
    assertThat(socket.send(new byte[100])).isEqualTo(100);
    assertThat(closing(socket)).isZero();
    assertThat(Hosts.receive(peer, 100)).hasSize(100);
    assertThat(peer.recv(new byte[1])).isZero();
    peer.close();
  }

  @Test
  void closeWaitsUntilThePeerHasEverything() {
    TCPSocket socket = connected();
    TCPSocket peer = accepted();
    assertThat(socket.setsockopt(LEVEL, SocketOption.LINGER, 10)).isZero();
    assertThat(socket.send(new byte[100])).isEqualTo(100);
    assertThat(closing(socket)).isBetween(200L, 300L);
    assertThat(Hosts.receive(peer, 100)).hasSize(100);
    peer.close();
  }

  @Test
  void butNotForEver() {
    TCPSocket socket = connected();
    TCPSocket peer = accepted();
    assertThat(socket.setsockopt(LEVEL, SocketOption.LINGER, 2)).isZero();
    byte[] most = new byte[8 << 20]; // more than the peer, who does not read, has room for
    socket.setBlocking(false);
    while (socket.send(most) > 0) {
      hosts.sleep(1000);
    }
    assertThat(closing(socket)).isBetween(2000L, 2100L);
    peer.close();
  }

  /** RST: the peer's application loses what it did not read yet, and learns of it. */
  @Test
  void withoutTimeItIsThrownAway() {
    TCPSocket socket = connected();
    TCPSocket peer = accepted();
    assertThat(socket.setsockopt(LEVEL, SocketOption.LINGER, 0)).isZero();
    assertThat(closing(socket)).isZero();
    assertThat(peer.recv(new byte[1])).isEqualTo(NsapiError.NO_CONNECTION);
    peer.close();
  }

  @Test
  void aConnectionHasTheOptionsThatWereSetBefore() {
    TCPSocket socket = tcp(hosts.b());
    assertThat(socket.setCongestionControl("reno")).isZero();
    assertThat(socket.setsockopt(LEVEL, SocketOption.USER_TIMEOUT, 3000)).isZero();
    assertThat(socket.connect(A, 9)).isZero();
    TCPSocket peer = accepted();
    TcpInfo info = Objects.requireNonNull(socket.info());
    assertThat(info.congestionControl()).isEqualTo("reno");
    assertThat(socket.setCongestionControl("cubic")).isZero();
    assertThat(Objects.requireNonNull(socket.info()).congestionControl()).isEqualTo("cubic");
    peer.close();
    socket.close();
  }

  @Test
  void connectionsThatComeHaveTheCongestionControlOfTheirListener() {
    assertThat(listener.setCongestionControl("bbr")).isZero();
    TCPSocket socket = connected();
    TCPSocket peer = accepted();
    assertThat(Objects.requireNonNull(peer.info()).congestionControl()).isEqualTo("bbr");
    assertThat(Objects.requireNonNull(socket.info()).congestionControl()).isEqualTo("cubic");
    socket.close();
    peer.close();
  }

  @Test
  void aChoiceBeforeListeningHoldsAsWell() {
    TCPSocket early = tcp(hosts.a());
    assertThat(early.setCongestionControl("reno")).isZero();
    assertThat(early.bind(10)).isZero();
    assertThat(early.listen(1)).isZero();
    TCPSocket socket = tcp(hosts.b());
    assertThat(socket.connect(A, 10)).isZero();
    TCPSocket peer = Objects.requireNonNull(early.accept(null));
    assertThat(Objects.requireNonNull(peer.info()).congestionControl()).isEqualTo("reno");
    socket.close();
    peer.close();
    early.close();
  }
}
