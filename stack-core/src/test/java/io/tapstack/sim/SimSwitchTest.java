package io.tapstack.sim;

import static io.tapstack.sim.SimTime.micros;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Mac;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SimSwitchTest {
  private final SimNetwork net = new SimNetwork(1);
  private final SimSwitch bridge = net.bridge("switch");
  private final List<Station> stations = new ArrayList<>();

  private Station plug(SimSwitch into) {
    String name = "host" + stations.size();
    Station station = new Station(net, into.plug(name, Impairment.NONE.delay(micros(1))).left());
    stations.add(station);
    return station;
  }

  @Test
  void floodsWhatItDoesNotKnowAndLearns() {
    Station a = plug(bridge);
    Station b = plug(bridge);
    Station c = plug(bridge);
    a.send(b.link.mac(), 1, 60);
    net.run(micros(10));
    assertThat(b.times()).as("in, and out again").containsExactly(micros(2));
    assertThat(c.numbers()).containsExactly(1);
    assertThat(a.arrivals).isEmpty();
    assertThat(bridge.flooded()).isEqualTo(1);

    a.send(b.link.mac(), 3, 60); // on its way before the switch hears of b
    b.send(a.link.mac(), 2, 60);
    net.run(micros(20));
    assertThat(a.numbers()).containsExactly(2);
    assertThat(c.numbers()).containsExactly(1, 3);
    a.send(b.link.mac(), 4, 60);
    net.run(micros(30));
    assertThat(b.numbers()).containsExactly(1, 3, 4);
    assertThat(c.numbers()).containsExactly(1, 3);
    assertThat(net.framesOutstanding()).isZero();
  }

  @Test
  void groupsGoToAll() {
    Station a = plug(bridge);
    Station b = plug(bridge);
    Station c = plug(bridge);
    a.send(Mac.BROADCAST, 1, 60);
    c.send(0x3333_0000_0001L, 2, 60);
    net.run(micros(10));
    assertThat(a.numbers()).containsExactly(2);
    assertThat(b.numbers()).containsExactly(1, 2);
    assertThat(c.numbers()).containsExactly(1);
  }

  @Test
  void switchesJoin() {
    SimSwitch second = net.bridge("second");
    bridge.join(second, Impairment.NONE.delay(micros(5)));
    Station a = plug(bridge);
    Station b = plug(second);
    a.send(b.link.mac(), 1, 60);
    net.run(micros(10));
    assertThat(b.times()).containsExactly(micros(7));
    b.send(a.link.mac(), 2, 60);
    net.run(micros(20));
    assertThat(a.times()).containsExactly(micros(17));
    assertThat(bridge.flooded() + second.flooded()).isEqualTo(2);
  }

  @Test
  void aFrameForItsOwnPortIsNotSentBack() {
    SimSwitch second = net.bridge("second");
    SimCable trunk = bridge.join(second, Impairment.NONE);
    Station a = plug(bridge);
    Station b = plug(bridge);
    a.send(Mac.BROADCAST, 1, 60);
    net.run(micros(5));
    // A hub would do this: what is for a comes to the second switch, which heard a on that port.
    long before = trunk.rightToLeft().counters().offered();
    SimFrame stray = frame(a.link.mac(), b.link.mac());
    trunk.left().wire().send(stray.buffer, 60);
    net.frames().giveBack(stray);
    net.run(micros(10));
    assertThat(trunk.leftToRight().counters().delivered()).isEqualTo(2);
    assertThat(trunk.rightToLeft().counters().offered()).isEqualTo(before);
    assertThat(net.framesOutstanding()).isZero();
  }

  private SimFrame frame(long destination, long source) {
    SimFrame frame = Objects.requireNonNull(net.frames().take(60));
    EthernetHeader.write(frame.buffer, 0, destination, source, 0x88b5);
    frame.buffer.putShort(14, (short) 0);
    return frame;
  }

  @Test
  void theTableOfStationsIsBounded() {
    Station a = plug(bridge);
    Station b = plug(bridge);
    for (int i = 0; i < SimSwitch.MAX_STATIONS + 10; i++) {
      SimFrame frame = frame(b.link.mac(), 0x0200_0000_0000L + i);
      bridge.forward(a.link, frame);
    }
    net.run(micros(5));
    // b is not known and cannot be learned any more; frames still reach it.
    b.send(a.link.mac(), 1, 60);
    a.send(b.link.mac(), 2, 60);
    net.run(micros(10));
    assertThat(b.numbers()).contains(2);
    assertThat(a.numbers()).contains(1);
  }
}
