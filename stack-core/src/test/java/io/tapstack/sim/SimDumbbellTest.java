package io.tapstack.sim;

import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SimDumbbellTest {
  private final SimNetwork net = new SimNetwork(1);
  private final SimDumbbell dumbbell =
      new SimDumbbell(
          net,
          Impairment.NONE.delay(millis(10)).rate(10_000_000).queueFrames(20),
          Impairment.NONE.delay(millis(5)));

  private SimDumbbell.Pair add(Impairment access) {
    StackConfig config = StackConfig.defaults().withPackets(512);
    return dumbbell.add(config, config, access);
  }

  private TcpConnection connect(SimDumbbell.Pair pair, IpAddress to) {
    PortBinding binding = pair.right().stack().tcp().bind(IpAddress.ANY_V6, 80, false);
    TcpListener listener = pair.right().stack().tcp().listen(binding, 1, TcpEvents.NONE);
    TcpConnection connection = pair.left().stack().tcp().connect(null, to, 80, TcpEvents.NONE);
    assertThat(net.runUntil(() -> listener.pending() > 0, net.after(seconds(5)))).isTrue();
    Objects.requireNonNull(listener.accept());
    return connection;
  }

  @Test
  void allWaysLeadOverTheBottleneck() {
    SimDumbbell.Pair near = add(Impairment.NONE);
    SimDumbbell.Pair far = add(Impairment.NONE.delay(millis(20)));
    assertThat(dumbbell.pairs()).containsExactly(near, far);
    List<TcpConnection> connections =
        List.of(
            connect(near, near.rightAddress()),
            connect(far, far.rightAddress()),
            connect(add(Impairment.NONE), IpAddress.parse("fd00::2:3")));
    WireCounters counters = dumbbell.bottleneck().leftToRight().counters();
    long before = counters.offered();
    connections.forEach(
        connection -> {
          connection.write(new byte[1000], 0, 1000);
          connection.flush();
        });
    net.run(net.after(millis(100)));
    assertThat(counters.offered() - before).isEqualTo(3);
  }

  @Test
  void theirQueuesAreOneQueue() {
    List<TcpConnection> connections = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      SimDumbbell.Pair pair = add(Impairment.NONE);
      connections.add(connect(pair, pair.rightAddress()));
    }
    net.run(net.after(seconds(1)));
    WireCounters counters = dumbbell.bottleneck().leftToRight().counters();
    assertThat(counters.queueDrops()).isZero();
    // Three initial windows of ten segments find room for 20 frames.
    for (TcpConnection connection : connections) {
      connection.write(new byte[20_000], 0, 20_000);
      connection.flush();
    }
    net.run(net.after(1)); // before anybody learns of a loss
    assertThat(counters.queueDrops()).isEqualTo(10);
  }
}
