package io.tapstack.sim;

import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.tapstack.wire.Mac;
import java.util.List;
import org.junit.jupiter.api.Test;

class BurstLossTest {
  private static final int MANY = 30_000;

  private final SimNetwork net = new SimNetwork(1);
  private final SimCable cable = net.cable("a", "b", Impairment.NONE);
  private final Station a = new Station(net, cable.left());
  private final Station b = new Station(net, cable.right());

  private void send(BurstLoss bursts) {
    cable.impair(Impairment.NONE.burstLoss(bursts));
    for (int i = 0; i < MANY; i++) {
      a.send(Mac.BROADCAST, i, 60);
    }
    net.run(seconds(1));
  }

  @Test
  void takesItsShareInBurstsOfItsLength() {
    send(BurstLoss.of(0.1, 4));
    long lost = cable.leftToRight().counters().lost();
    // The variance is that of single losses times (2 * 4 - 1); four sigma of that.
    assertThat(lost).isBetween(MANY / 10 - 550L, MANY / 10 + 550L);
    List<Integer> came = b.numbers();
    int bursts = 0;
    for (int i = 1; i < came.size(); i++) {
      bursts += came.get(i) - came.get(i - 1) > 1 ? 1 : 0;
    }
    assertThat((double) lost / bursts).isBetween(3.6, 4.4);
  }

  @Test
  void eachStateHasItsOwnLoss() {
    send(new BurstLoss(0.5, 0.5, 0, 0.5));
    assertThat(cable.leftToRight().counters().lost()).isBetween(MANY / 4 - 400L, MANY / 4 + 400L);
  }

  @Test
  void addsToOtherLoss() {
    cable.impair(Impairment.NONE);
    assertThat(cable.leftToRight().impairment().burstLoss()).isEqualTo(BurstLoss.NONE);
    send(BurstLoss.NONE);
    assertThat(b.arrivals).hasSize(MANY);
  }

  @Test
  void knowsItsMean() {
    assertThat(BurstLoss.of(0.1, 4).mean()).isEqualTo(0.1, within(1e-12));
    assertThat(new BurstLoss(0.1, 0.3, 0.01, 0.5).mean()).isEqualTo(0.1325, within(1e-12));
    assertThat(BurstLoss.NONE.mean()).isZero();
    assertThat(new BurstLoss(0, 0, 0.2, 1).mean()).isEqualTo(0.2);
  }

  @Test
  void saysWhichNumbersMakeNoSense() {
    assertThatThrownBy(() -> BurstLoss.of(1, 4)).hasMessageContaining("expected at least 1");
    assertThatThrownBy(() -> BurstLoss.of(0.1, 0.5)).hasMessageContaining("bursts of 0.5 frames");
    assertThatThrownBy(() -> new BurstLoss(2, 0, 0, 0)).hasMessageContaining("begin of a burst");
    assertThatThrownBy(() -> new BurstLoss(0, 0, 0, -1)).hasMessageContaining("bad state");
  }
}
