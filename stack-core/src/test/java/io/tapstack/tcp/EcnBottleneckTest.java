package io.tapstack.tcp;

import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import io.tapstack.sim.SimDumbbell;
import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.WireCounters;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A flow over a bottleneck that marks packets before its queue is full. */
class EcnBottleneckTest {
  private static final int RATE = 20_000_000;

  /** Proves: RFC 3168 5; RFC 3168 6.1.2 */
  @ParameterizedTest
  @CsvSource({"cubic, 4", "reno, 4", "cubic, 6", "reno, 6"})
  void marksKeepTheQueueShortAndNothingIsLost(String algorithm, int version) {
    SimNetwork net = new SimNetwork(1);
    SimDumbbell dumbbell =
        new SimDumbbell(
            net,
            Impairment.NONE.delay(millis(10)).rate(RATE).queueFrames(200).markFrames(30),
            Impairment.NONE.delay(millis(10)));
    TcpConfig tcp =
        TcpConfig.builder()
            .ecn(EcnMode.ON)
            .congestionControl(CongestionControls.named(algorithm))
            .build();
    StackConfig config = StackConfig.defaults().withPackets(2048).withTcp(tcp);
    SimDumbbell.Pair pair = dumbbell.add(config, config, Impairment.NONE);
    Tcp right = pair.right().stack().tcp();
    TcpListener listener = right.listen(right.bind(IpAddress.ANY_V6, 80, false), 1, TcpEvents.NONE);
    IpAddress to = version == 4 ? pair.rightAddress() : IpAddress.parse("fd00::2:1");
    TcpConnection client = pair.left().stack().tcp().connect(null, to, 80, TcpEvents.NONE);
    assertThat(net.runUntil(() -> listener.pending() > 0, net.after(seconds(5)))).isTrue();
    TcpConnection server = Objects.requireNonNull(listener.accept());

    byte[] bytes = new byte[1 << 16];
    long start = net.now();
    net.runUntil(
        () -> {
          if (client.write(bytes, 0, bytes.length) > 0) {
            client.flush();
          }
          server.read(bytes, 0, bytes.length);
          server.consumed();
          return net.now() - start >= seconds(20);
        },
        net.after(seconds(20)));

    WireCounters counters = dumbbell.bottleneck().leftToRight().counters();
    TcpInfo info = client.info();
    assertThat(counters.queueDrops()).isZero();
    assertThat(info.totalRetransmissions()).isZero();
    assertThat(info.deliveredCe()).isPositive();
    double rate = info.bytesAcked() * 8 / 20.0;
    assertThat(rate / RATE).isBetween(0.9, 1.0);
  }
}
