package io.tapstack.tcp;

import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpAddress;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transfers over paths that carry less than their links, and change. */
class NarrowPathTest {
  private static final int LENGTH = 2_000_000;

  private final byte[] sent = Bytes.pattern(0, LENGTH).toArray();
  private final byte[] received = new byte[LENGTH];
  private final NarrowPath path =
      new NarrowPath(
          1,
          TcpConfig.builder().sendBuffer(256 * 1024).build(),
          Impairment.NONE.delay(millis(5)).rate(100_000_000).queueFrames(1000));

  private int written;
  private int read;
  private TcpConnection client;

  private void connect(String to) {
    IpAddress address = IpAddress.parse(to);
    TcpListener listener =
        path.right.tcp().listen(path.right.tcp().bind(address, 80, false), 1, TcpEvents.NONE);
    client = path.left.tcp().connect(null, address, 80, TcpEvents.NONE);
    assertThat(path.network.runUntil(() -> listener.pending() > 0, path.network.after(seconds(5))))
        .isTrue();
    server = Objects.requireNonNull(listener.accept());
  }

  private TcpConnection server;

  /** Goes on until so many bytes have arrived. */
  private void transfer(int to) {
    boolean done =
        path.network.runUntil(
            () -> {
              int n = client.write(sent, written, LENGTH - written);
              written += n;
              if (n > 0) {
                client.flush();
              }
              read += Math.max(server.read(received, read, LENGTH - read), 0);
              server.consumed();
              return read >= to;
            },
            path.network.after(seconds(60)));
    assertThat(done).as("%s arrived of %s", read, to).isTrue();
  }

  private void finish() {
    transfer(LENGTH);
    assertThat(received).isEqualTo(sent);
  }

  /** Proves: RFC 1191 6.4; RFC 8201 5.4; RFC 5927 7.2 */
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "fd00::2"})
  void aPathThatShrinksCostsNoTimeoutAndNoWindow(String to) {
    connect(to);
    transfer(LENGTH / 2);
    path.mtu = 1300;
    finish();
    TcpInfo info = client.info();
    assertThat(info.pathMtu()).isEqualTo(1300);
    assertThat(info.timeouts()).isZero(); // a router explained it
    assertThat(info.fastRecoveries()).isZero();
    TcpCounters counters = path.left.tcp().counters();
    assertThat(counters.pathMtuReductions()).isOne();
    assertThat(counters.mtuProbes()).isZero();
    // What was in flight when the path shrank, and its last segment once more as a tail loss probe.
    assertThat(path.dropped).isBetween(1, 256 * 1024 / 1228 + 2);
  }

  /** Proves: RFC 1191 3; RFC 8201 4 */
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "fd00::2"})
  void aNarrowPathCostsTheInitialWindowOnce(String to) {
    path.mtu = 1300;
    connect(to);
    finish();
    assertThat(path.dropped).isEqualTo(10);
    assertThat(client.info().pathMtu()).isEqualTo(1300);
    assertThat(client.info().timeouts()).isZero();
    assertThat(client.congestion.ssthresh()).isEqualTo(Integer.MAX_VALUE);
  }

  /** Proves: RFC 4821 7.7; RFC 4821 7.6.2; RFC 8899 4.3 */
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "fd00::2"})
  void aBlackHoleIsFoundAndThenWhatThePathCarries(String to) {
    path.tells = false;
    path.mtu = 1300;
    connect(to);
    finish();
    TcpInfo info = client.info();
    TcpCounters counters = path.left.tcp().counters();
    assertThat(info.timeouts()).isEqualTo(3);
    assertThat(counters.mtuBlackHoles()).isOne();
    assertThat(counters.mtuProbesLost()).isPositive();
    assertThat(info.pathMtu()).isBetween(1292, 1300);
    // The initial window, a tail loss probe, two timeouts' first segments, and lost probes.
    assertThat(path.dropped).isEqualTo(10 + 1 + 2 + (int) counters.mtuProbesLost());
  }

  /** Proves: RFC 4821 7.7 */
  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.2", "fd00::2"})
  void aPathThatTurnsIntoABlackHoleIsSurvived(String to) {
    connect(to);
    transfer(LENGTH / 2);
    path.tells = false;
    path.mtu = 1280;
    finish();
    TcpCounters counters = path.left.tcp().counters();
    assertThat(counters.mtuBlackHoles()).isOne();
    assertThat(client.info().pathMtu()).isBetween(1064, 1280);
  }
}
