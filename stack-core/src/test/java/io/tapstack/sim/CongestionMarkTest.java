package io.tapstack.sim;

import static io.tapstack.sim.SimTime.millis;
import static io.tapstack.sim.SimTime.seconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.Mac;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A queue that marks rather than drops. */
class CongestionMarkTest {
  private static final int AT = EthernetHeader.LENGTH;

  private static ByteBuffer v4(int tos) {
    ByteBuffer frame = ByteBuffer.allocate(AT + 40);
    EthernetHeader.write(frame, 0, 1, 2, EthernetHeader.TYPE_IPV4);
    Ipv4Header.write(frame, AT, tos, 40, 7, 0, 64, 6, 0x0a000001, 0x0a000002);
    return frame;
  }

  private static ByteBuffer v6(int trafficClass) {
    ByteBuffer frame = ByteBuffer.allocate(AT + 60);
    EthernetHeader.write(frame, 0, 1, 2, EthernetHeader.TYPE_IPV6);
    Ipv6Header.write(frame, AT, trafficClass, 0xabcde, 20, 6, 64, 1, 2, 3, 4);
    return frame;
  }

  /** Proves: RFC 3168 5 */
  @Test
  void ectBecomesCeAndNothingElseChanges() {
    for (int dscp = 0; dscp < 256; dscp += 4) {
      for (int ecn = 0; ecn < 4; ecn++) {
        boolean markable = ecn == 1 || ecn == 2;
        int then = markable ? dscp | 3 : dscp | ecn;
        ByteBuffer four = v4(dscp | ecn);
        assertThat(CongestionMark.set(four, four.capacity())).isEqualTo(markable);
        assertThat(Ipv4Header.checksumIsRight(four, AT)).isTrue();
        assertThat(four).isEqualTo(v4(then));
        ByteBuffer six = v6(dscp | ecn);
        assertThat(CongestionMark.set(six, six.capacity())).isEqualTo(markable);
        assertThat(six).isEqualTo(v6(then));
      }
    }
  }

  @Test
  void whatIsNoDatagramIsLeftAlone() {
    ByteBuffer frame = v4(1);
    assertThat(CongestionMark.set(frame, 10)).isFalse();
    assertThat(CongestionMark.set(frame, AT + 39)).as("cut short").isFalse();
    frame.putShort(12, (short) EthernetHeader.TYPE_ARP);
    assertThat(CongestionMark.set(frame, frame.capacity())).isFalse();
    frame.putShort(12, (short) EthernetHeader.TYPE_IPV6);
    assertThat(CongestionMark.set(frame, frame.capacity())).as("version 4").isFalse();
  }

  @Test
  void aQueueMarksFromItsThresholdOn() {
    SimNetwork net = new SimNetwork(1);
    SimCable cable =
        net.cable("a", "b", Impairment.NONE.rate(1_000_000).queueFrames(5).markFrames(2));
    Station to = new Station(net, cable.right());
    List<SimObserver.Fate> fates = new ArrayList<>();
    net.observe((now, wire, fate, frame, length) -> fates.add(fate));
    PacketPool pool = new PacketPool(1, 2048);
    for (int i = 0; i < 6; i++) {
      Packet packet = Objects.requireNonNull(pool.acquire());
      packet.end = packet.start + AT + 40;
      EthernetHeader.write(packet.buffer, packet.start, Mac.BROADCAST, 2, 0x0800);
      Ipv4Header.write(packet.buffer, packet.start + AT, 2, 40, i, 0, 64, 6, 1, 2);
      assertThat(cable.left().transmit(packet)).isTrue();
      packet.release();
    }
    net.run(millis(1));
    to.send(Mac.BROADCAST, 0, 60); // the other direction has a queue of its own
    net.run(seconds(1));
    List<Integer> ecn =
        to.arrivals.stream().map(arrival -> arrival.frame().at(AT + 1) & 3).toList();
    assertThat(ecn).containsExactly(2, 2, 3, 3, 3);
    assertThat(cable.leftToRight().counters().marked()).isEqualTo(3);
    assertThat(cable.leftToRight().counters().queueDrops()).isEqualTo(1);
    assertThat(cable.rightToLeft().counters().marked()).isZero();
    assertThat(fates).contains(SimObserver.Fate.QUEUE_FULL);
  }

  @Test
  void aThresholdBelowZeroMakesNoSense() {
    assertThatThrownBy(() -> Impairment.NONE.markFrames(-1)).hasMessageContaining("-1 frames");
  }
}
