package io.tapstack.sim;

import static io.tapstack.sim.SimTime.micros;
import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.link.PacketPool;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.Mac;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SimNetworkTest {

  /** Everything wrong at once, over a switch, with actions drawn from the network's own chance. */
  private static List<String> log(long seed) {
    SimNetwork net = new SimNetwork(seed);
    List<String> log = new ArrayList<>();
    net.observe(
        (now, wire, fate, frame, length) ->
            log.add(now + " " + wire + " " + fate + " " + Bytes.copyOf(frame, 0, length)));
    Impairment bad =
        Impairment.NONE
            .delay(millis(3))
            .jitter(millis(1))
            .rate(1_000_000)
            .queueFrames(5)
            .loss(0.1)
            .duplication(0.1)
            .corruption(0.1)
            .reordering(0.1, millis(4));
    SimSwitch bridge = net.bridge("switch");
    List<Station> stations = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      stations.add(new Station(net, bridge.plug("host" + i, bad).left()));
    }
    RandomGenerator random = net.newRandom();
    for (int i = 0; i < 500; i++) {
      Station from = stations.get(random.nextInt(4));
      Station to = stations.get(random.nextInt(4));
      int number = i;
      int length = random.nextInt(60, 1500);
      net.at(random.nextLong(seconds(1)), () -> from.send(to.link.mac(), number, length));
    }
    assertThat(net.runUntilIdle(seconds(100))).isTrue();
    assertThat(net.framesOutstanding()).isZero();
    for (Station station : stations) {
      station.arrivals.forEach(arrival -> log.add(station.link + " " + arrival));
    }
    return log;
  }

  @Test
  void theSameSeedIsTheSameRun() {
    List<String> first = log(42);
    assertThat(log(42)).isEqualTo(first);
    assertThat(first.size()).isGreaterThan(2000);
    assertThat(log(43)).isNotEqualTo(first);
  }

  @Test
  void oneMoreCableDoesNotChangeTheOthers() {
    List<List<Integer>> runs = new ArrayList<>();
    for (int cables = 1; cables <= 2; cables++) {
      SimNetwork net = new SimNetwork(7);
      SimCable cable = net.cable("a", "b", Impairment.NONE.loss(0.5));
      Station a = new Station(net, cable.left());
      Station b = new Station(net, cable.right());
      if (cables == 2) {
        SimCable other = net.cable("c", "d", Impairment.NONE.loss(0.5));
        Station c = new Station(net, other.left());
        new Station(net, other.right());
        for (int i = 0; i < 64; i++) {
          c.send(Mac.BROADCAST, i, 60);
        }
      }
      for (int i = 0; i < 64; i++) {
        a.send(Mac.BROADCAST, i, 60);
      }
      net.run(1);
      runs.add(b.numbers());
    }
    assertThat(runs.get(0)).isEqualTo(runs.get(1)).hasSizeBetween(20, 44);
  }

  @Test
  void eventsOfOneInstantHappenInTheOrderOfTheirPlanning() {
    SimNetwork net = new SimNetwork(1);
    List<Integer> happened = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int number = i;
      net.at(millis(i % 2), () -> happened.add(number));
    }
    net.run(millis(1));
    for (int i = 0; i < 100; i++) {
      assertThat(happened.get(i)).isEqualTo(i < 50 ? 2 * i : 2 * (i - 50) + 1);
    }
  }

  @Test
  void timeJumpsAndStopsWhereItShould() {
    SimNetwork net = new SimNetwork(1);
    List<Long> seen = new ArrayList<>();
    net.at(seconds(86_400), () -> seen.add(net.now()));
    assertThat(net.runUntil(() -> false, seconds(10))).isFalse();
    assertThat(net.now()).isEqualTo(seconds(10));
    assertThat(net.isIdle()).isFalse();
    assertThat(net.runUntil(() -> !seen.isEmpty(), Long.MAX_VALUE)).isTrue();
    assertThat(seen).containsExactly(seconds(86_400));
    assertThat(net.isIdle()).isTrue();
    net.at(0, () -> seen.add(net.now()));
    net.run(0);
    assertThat(seen).as("the past is now").containsExactly(seconds(86_400), seconds(86_400));
  }

  @Test
  void aConditionMayActAndIsAskedAtEveryInstant() {
    SimNetwork net = new SimNetwork(1);
    SimCable cable = net.cable("a", "b", Impairment.NONE.delay(millis(1)));
    Station a = new Station(net, cable.left());
    Station b = new Station(net, cable.right());
    int[] sent = {0};
    boolean met =
        net.runUntil(
            () -> {
              if (b.arrivals.size() == sent[0] && sent[0] < 5) {
                a.send(Mac.BROADCAST, sent[0]++, 60);
              }
              return b.arrivals.size() == 5;
            },
            seconds(1));
    assertThat(met).isTrue();
    assertThat(net.now()).isEqualTo(millis(5));
  }

  @Test
  void participantsGetTheirTurnWhenTheyWantIt() {
    SimNetwork net = new SimNetwork(1);
    List<Long> turns = new ArrayList<>();
    long[] deadline = {micros(10)};
    net.add(
        new SimParticipant() {
          @Override
          public void turn(long now) {
            if (now >= deadline[0]) {
              turns.add(now);
              deadline[0] = now < micros(30) ? now + micros(10) : Long.MAX_VALUE;
            }
          }

          @Override
          public long nextDeadline() {
            return deadline[0];
          }
        });
    assertThat(net.runUntilIdle(seconds(1))).isTrue();
    assertThat(turns).containsExactly(micros(10), micros(20), micros(30));
    assertThat(net.now()).isEqualTo(micros(30));
  }

  @Test
  void aNetworkThatDoesNotGetOnSaysSo() {
    SimNetwork net = new SimNetwork(1);
    net.add(
        new SimParticipant() {
          @Override
          public void turn(long now) {}

          @Override
          public long nextDeadline() {
            return 0;
          }
        });
    assertThatThrownBy(() -> net.run(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("without time passing");
  }

  @Test
  void cannotBeRunFromWithin() {
    SimNetwork net = new SimNetwork(1);
    net.at(0, () -> net.run(seconds(1)));
    assertThatThrownBy(() -> net.run(1)).hasMessageContaining("is running already");
    net.run(2); // and is not stuck afterwards
    assertThat(net.now()).isEqualTo(2);
  }

  @Test
  void memoryIsBoundedAndComesBack() {
    SimNetwork net = new SimNetwork(1, 64 << 10);
    SimCable cable = net.cable("a", "b", Impairment.NONE.delay(millis(1)));
    Station a = new Station(net, cable.left());
    Station b = new Station(net, cable.right());
    for (int round = 0; round < 3; round++) {
      int taken = 0;
      for (int i = 0; i < 100; i++) {
        taken += a.send(Mac.BROADCAST, i, 1500) ? 1 : 0; // 2 KiB of memory each
      }
      assertThat(taken).isEqualTo(32);
      net.run(net.after(millis(2)));
      assertThat(b.arrivals).hasSize(32);
      b.arrivals.clear();
    }
    // Small frames find the room that large ones have left.
    int small = 0;
    for (int i = 0; i < 1000; i++) {
      small += a.send(Mac.BROADCAST, i, 60) ? 1 : 0;
    }
    assertThat(small).isEqualTo(256);
    net.run(net.after(millis(2)));
    assertThat(net.framesOutstanding()).isZero();
    assertThat(cable.leftToRight().counters().memoryDrops()).isEqualTo(3 * 68 + 744);
  }

  @Test
  void aLinkRefusesWhatItsMtuForbidsAndWhatComesAfterTheEnd() {
    SimNetwork net = new SimNetwork(1);
    SimCable cable = net.cable("a", "b", 576, Impairment.NONE, Impairment.NONE);
    Station a = new Station(net, cable.left());
    Station b = new Station(net, cable.right());
    assertThat(a.link.mtu()).isEqualTo(576);
    assertThat(a.send(Mac.BROADCAST, 1, 576 + 14)).isTrue();
    assertThat(a.send(Mac.BROADCAST, 2, 576 + 15)).isFalse();
    assertThat(a.link.oversized()).isEqualTo(1);
    net.run(0);
    assertThat(b.numbers()).containsExactly(1);

    a.send(Mac.BROADCAST, 3, 60);
    cable.right().close();
    cable.right().close();
    net.run(1);
    assertThat(b.send(Mac.BROADCAST, 4, 60)).isFalse();
    assertThat(b.numbers()).containsExactly(1);
    assertThat(net.framesOutstanding()).isZero();
  }

  @Test
  void aLinkSaysThatThePacketIsTooSmall() {
    SimNetwork net = new SimNetwork(1);
    SimCable cable = net.cable("a", "b", Impairment.NONE);
    Station a = new Station(net, cable.left());
    a.send(Mac.BROADCAST, 1, 1000);
    net.run(0);
    PacketPool tiny = new PacketPool(1, 256);
    assertThatThrownBy(() -> cable.right().receive(Objects.requireNonNull(tiny.acquire())))
        .hasMessageContaining("frame of 1000 bytes")
        .hasMessageContaining("room for 128");
    cable.right().close();
    assertThat(net.framesOutstanding()).isZero();
  }

  @Test
  void wakesWhoWaits() {
    SimNetwork net = new SimNetwork(1);
    SimCable cable = net.cable("a", "b", Impairment.NONE.delay(millis(1)));
    Station a = new Station(net, cable.left());
    List<Long> woken = new ArrayList<>();
    cable.right().onReceivable(() -> woken.add(net.now()));
    a.send(Mac.BROADCAST, 1, 60);
    net.run(seconds(1));
    assertThat(woken).containsExactly(millis(1));
    assertThat(cable.right().isReceivable()).isTrue();
    cable.right().close();
  }
}
