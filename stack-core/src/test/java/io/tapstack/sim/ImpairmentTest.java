package io.tapstack.sim;

import static io.tapstack.sim.SimTime.micros;
import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.wire.Bytes;
import io.tapstack.wire.Mac;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each impairment alone: exact times where they are exact, bounds for a fixed seed where not. */
class ImpairmentTest {
  private static final int MANY = 10_000;

  private final SimNetwork net = new SimNetwork(1);

  private final SimCable cable = net.cable("a", "b", Impairment.NONE);
  private final Station a = new Station(net, cable.left());
  private final Station b = new Station(net, cable.right());
  private final WireCounters counters = cable.leftToRight().counters();

  private void send(int from, int to, int length) {
    for (int i = from; i < to; i++) {
      a.send(Mac.BROADCAST, i, length);
    }
  }

  @AfterEach
  void nothingIsLostUncounted() {
    assertThat(net.runUntilIdle(seconds(3600))).isTrue();
    assertThat(net.framesOutstanding()).as("frames not given back").isZero();
    assertThat(counters.inFlight()).isZero();
    assertThat(counters.offered() + counters.duplicated())
        .as(counters.toString())
        .isEqualTo(
            counters.delivered()
                + counters.lost()
                + counters.queueDrops()
                + counters.cutDrops()
                + counters.memoryDrops());
    assertThat(counters.delivered()).isEqualTo(b.arrivals.size());
  }

  @Test
  void aPerfectWireDeliversAtOnceAndInOrder() {
    net.run(millis(5));
    send(0, 100, 60);
    net.run(millis(5));
    assertThat(b.numbers()).isEqualTo(IntStream.range(0, 100).boxed().toList());
    assertThat(b.times()).containsOnly(millis(5));
    assertThat(counters.deliveredBytes()).isEqualTo(6000);
  }

  @Test
  void delayIsExact() {
    cable.impair(Impairment.NONE.delay(millis(20)));
    send(0, 1, 60);
    net.at(micros(1), () -> send(1, 2, 60));
    net.run(millis(20) - 1);
    assertThat(b.arrivals).isEmpty();
    assertThat(net.now()).isEqualTo(millis(20) - 1);
    net.run(seconds(1));
    assertThat(b.times()).containsExactly(millis(20), millis(20) + micros(1));
    assertThat(net.now()).isEqualTo(seconds(1));
  }

  @Test
  void rateSpacesFramesByTheirLength() {
    // 1250 bytes at 10 Mbit/s take a millisecond, 125 bytes a tenth of one.
    cable.impair(Impairment.NONE.rate(10_000_000).delay(millis(30)));
    send(0, 2, 1250);
    send(2, 3, 125);
    net.at(millis(10), () -> send(3, 4, 125));
    net.run(seconds(1));
    assertThat(b.times())
        .containsExactly(
            millis(31), millis(32), millis(32) + micros(100), millis(40) + micros(100));
  }

  @Test
  void aFullQueueOfFramesDropsTheTail() {
    cable.impair(Impairment.NONE.rate(10_000_000).queueFrames(3));
    send(0, 5, 1250);
    // A frame has left when its last bit is on the wire.
    net.at(millis(1) - 1, () -> send(5, 6, 1250));
    net.at(millis(1), () -> send(6, 8, 1250));
    net.run(seconds(1));
    assertThat(b.numbers()).containsExactly(0, 1, 2, 6);
    assertThat(b.times()).containsExactly(millis(1), millis(2), millis(3), millis(4));
    assertThat(counters.queueDrops()).isEqualTo(4);
  }

  @Test
  void aFullQueueOfBytesDropsWhatDoesNotFit() {
    cable.impair(Impairment.NONE.rate(10_000_000).queueBytes(2600));
    send(0, 3, 1250);
    send(3, 4, 100);
    send(4, 5, 1);
    net.run(seconds(1));
    assertThat(b.numbers()).containsExactly(0, 1, 3);
    assertThat(counters.queueDrops()).isEqualTo(2);
  }

  @Test
  void aFrameLargerThanTheQueueStillPassesAnEmptyOne() {
    cable.impair(Impairment.NONE.rate(10_000_000).queueBytes(100));
    send(0, 2, 1250);
    net.run(seconds(1));
    assertThat(b.numbers()).containsExactly(0);
  }

  @Test
  void theQueueGrowsToItsLimit() {
    cable.impair(Impairment.NONE.rate(1_000_000_000).queueFrames(500));
    for (int round = 0; round < 3; round++) {
      send(0, 600, 125);
      net.run(net.after(micros(100)));
    }
    net.run(seconds(1));
    // 100 us let 100 frames out: the second and third round find that much room.
    assertThat(counters.delivered()).isEqualTo(500 + 100 + 100);
  }

  @Test
  void lossTakesItsShare() {
    cable.impair(Impairment.NONE.loss(0.2));
    send(0, MANY, 60);
    net.run(1);
    assertThat(counters.lost()).isBetween(MANY / 5 - 160L, MANY / 5 + 160L); // four sigma
    assertThat(b.numbers()).isSorted();
  }

  @Test
  void certainLossLosesAllAndNoneNone() {
    cable.impair(Impairment.NONE.loss(1));
    send(0, 100, 60);
    net.run(1);
    assertThat(b.arrivals).isEmpty();
    assertThat(counters.lost()).isEqualTo(100);
  }

  @Test
  void lossIsNotTheSameInBothDirections() {
    cable.impair(Impairment.NONE.loss(0.5));
    for (int i = 0; i < 64; i++) {
      a.send(Mac.BROADCAST, i, 60);
      b.send(Mac.BROADCAST, i, 60);
    }
    net.run(1);
    assertThat(a.numbers()).isNotEqualTo(b.numbers());
  }

  @Test
  void duplicationDeliversTwice() {
    cable.impair(Impairment.NONE.duplication(0.1).delay(millis(1)));
    send(0, MANY, 60);
    net.run(millis(1));
    assertThat(counters.duplicated()).isBetween(MANY / 10 - 120L, MANY / 10 + 120L);
    Map<Integer, Integer> times = new HashMap<>();
    b.numbers().forEach(number -> times.merge(number, 1, Integer::sum));
    assertThat(times).hasSize(MANY);
    assertThat(times.values()).containsOnly(1, 2);
    assertThat(times.values().stream().filter(count -> count == 2).count())
        .isEqualTo(counters.duplicated());
  }

  @Test
  void jitterKeepsTheOrder() {
    cable.impair(Impairment.NONE.delay(millis(10)).jitter(millis(5)));
    for (int i = 0; i < 1000; i++) {
      int number = i;
      net.at(millis(i), () -> send(number, number + 1, 60));
    }
    net.run(seconds(2));
    assertThat(b.numbers()).isEqualTo(IntStream.range(0, 1000).boxed().toList());
    List<Long> delays = new ArrayList<>();
    b.arrivals.forEach(arrival -> delays.add(arrival.time() - millis(arrival.number())));
    assertThat(delays).allSatisfy(delay -> assertThat(delay).isBetween(millis(10), millis(15)));
    assertThat(new HashSet<>(delays).size()).isGreaterThan(500);
    assertThat(delays).anyMatch(delay -> delay < millis(11)).anyMatch(delay -> delay > millis(14));
  }

  @Test
  void reorderingLetsLaterFramesOvertake() {
    cable.impair(Impairment.NONE.delay(millis(10)).reordering(0.1, millis(5)));
    for (int i = 0; i < 1000; i++) {
      int number = i;
      net.at(millis(i), () -> send(number, number + 1, 60));
    }
    net.run(seconds(2));
    assertThat(counters.reordered()).isBetween(60L, 140L);
    assertThat(b.numbers()).hasSize(1000).doesNotHaveDuplicates();
    int late = 0;
    int highest = -1;
    for (Station.Arrival arrival : b.arrivals) {
      assertThat(arrival.time() - millis(arrival.number())).isBetween(millis(10), millis(15));
      late += arrival.number() < highest ? 1 : 0;
      highest = Math.max(highest, arrival.number());
    }
    assertThat(late).isBetween(40, (int) counters.reordered());
  }

  @Test
  void corruptionFlipsOneBitAnywhere() {
    send(0, 1, 60);
    net.run(0);
    byte[] clean = b.arrivals.remove(0).frame().toArray();
    cable.impair(Impairment.NONE.corruption(0.5));
    for (int i = 0; i < MANY; i++) {
      send(0, 1, 60);
    }
    net.run(1);
    b.arrivals.add(0, new Station.Arrival(0, Bytes.of(clean)));
    int damaged = 0;
    int[] hits = new int[60];
    for (Station.Arrival arrival : b.arrivals) {
      int bits = 0;
      for (int i = 0; i < 60; i++) {
        int flipped = (arrival.frame().at(i) ^ clean[i]) & 0xff;
        bits += Integer.bitCount(flipped);
        hits[i] += Integer.bitCount(flipped);
      }
      assertThat(bits).isLessThanOrEqualTo(1);
      damaged += bits;
    }
    assertThat(damaged).isEqualTo((int) counters.corrupted()).isBetween(4800, 5200);
    for (int hit : hits) {
      assertThat(hit).as("every byte is hit").isBetween(40, 130);
    }
  }

  @Test
  void corruptionOfOneCopyLeavesTheOtherAlone() {
    cable.impair(Impairment.NONE.duplication(1).corruption(0.5));
    send(0, 1000, 60);
    net.run(0);
    assertThat(counters.delivered()).isEqualTo(2000);
    assertThat(counters.corrupted()).isBetween(900L, 1100L);
  }

  @Test
  void aCutLosesWhatIsUnderWayAndWhatIsSent() {
    cable.impair(Impairment.NONE.delay(millis(10)));
    send(0, 1, 60);
    net.at(millis(5), () -> send(1, 2, 60));
    net.at(millis(12), cable::cut);
    net.at(millis(13), () -> assertThat(a.send(Mac.BROADCAST, 2, 60)).isTrue());
    net.at(millis(20), cable::mend);
    net.at(millis(21), () -> send(3, 4, 60));
    net.run(seconds(1));
    assertThat(b.numbers()).containsExactly(0, 3);
    assertThat(counters.cutDrops()).isEqualTo(2);
  }

  @Test
  void oneDirectionCanBeCutAlone() {
    cable.leftToRight().cut();
    send(0, 1, 60);
    b.send(Mac.BROADCAST, 9, 60);
    net.run(1);
    assertThat(b.arrivals).isEmpty();
    assertThat(a.numbers()).containsExactly(9);
    assertThat(cable.leftToRight().isCut()).isTrue();
    assertThat(cable.rightToLeft().isCut()).isFalse();
  }

  @Test
  void saysWhichNumbersMakeNoSense() {
    assertThatThrownBy(() -> Impairment.NONE.loss(1.01))
        .hasMessage("a probability of loss of 1.01; expected 0 to 1");
    assertThatThrownBy(() -> Impairment.NONE.duplication(-0.1)).hasMessageContaining("duplication");
    assertThatThrownBy(() -> Impairment.NONE.corruption(Double.NaN))
        .hasMessageContaining("corruption");
    assertThatThrownBy(() -> Impairment.NONE.reordering(2, 1)).hasMessageContaining("reordering");
    assertThatThrownBy(() -> Impairment.NONE.reordering(1, -1)).hasMessageContaining("held back");
    assertThatThrownBy(() -> Impairment.NONE.delay(-1)).hasMessageContaining("a delay of -1");
    assertThatThrownBy(() -> Impairment.NONE.jitter(-1)).hasMessageContaining("jitter");
    assertThatThrownBy(() -> Impairment.NONE.rate(-1)).hasMessageContaining("rate");
    assertThatThrownBy(() -> Impairment.NONE.queueFrames(0)).hasMessageContaining("queue");
    assertThatThrownBy(() -> Impairment.NONE.queueBytes(0)).hasMessageContaining("queue");
  }
}
