package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPools;
import io.tapstack.udp.Udp;
import io.tapstack.udp.UdpSocket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.UdpDatagram;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How packets are cut that are larger than the MTU. */
class FragmentationTest {
  private static final int PROTOCOL = 200;

  private TestHost host = TestHost.acquainted();

  @AfterEach
  void givesPacketsBack() {
    host.hasAllPacketsBack();
  }

  private Result send(Fragments v, int protocol, Bytes message) {
    return send(v, v.peer, protocol, message);
  }

  private Result send(Fragments v, IpAddress to, int protocol, Bytes message) {
    Packet packet = Objects.requireNonNull(host.ip.packets().acquire(message.length()));
    int start = packet.start;
    packet.end = message.write(packet.buffer, start);
    Result result =
        host.ip.send(packet, v.us.high(), v.us.low(), to.high(), to.low(), protocol, 0xb8, 33);
    assertThat(packet.start).isEqualTo(start);
    assertThat(Bytes.copyOf(packet.buffer, start, packet.length())).isEqualTo(message);
    packet.release();
    return result;
  }

  private List<Fragments.Seen> sent(Fragments v) {
    List<Fragments.Seen> seen = new ArrayList<>();
    while (!host.wire.sent.isEmpty()) {
      EthernetFrame frame = host.wire.sent.removeFirst();
      assertThat(frame.payload().length()).isLessThanOrEqualTo(host.wire.mtu);
      if (frame.payload() instanceof Ipv4Packet p) {
        assertThat(p.fragmentWord() & 0xc000).as("DF is clear").isZero();
        assertThat(p.ttl()).isEqualTo(33);
        assertThat(p.trafficClass()).isEqualTo(0xb8);
      } else if (frame.payload() instanceof Ipv6Packet p) {
        assertThat(p.ttl()).isEqualTo(33);
        assertThat(p.trafficClass()).isEqualTo(0xb8);
      }
      seen.add(v.read(frame));
    }
    return seen;
  }

  @ParameterizedTest
  @EnumSource
  void cutsWhatDoesNotFit(Fragments v) {
    int fits = v == Fragments.V4 ? 1480 : 1460;
    assertThat(send(v, PROTOCOL, Bytes.pattern(0, fits))).isEqualTo(Result.OK);
    assertThat(host.iface.counters().fragmentsOut()).isZero();
    host.wire.sent.clear();
    for (int length : new int[] {fits + 1, 2 * fits, 4000, 30_000, 65_515}) {
      Bytes message = Bytes.pattern(length, length);
      assertThat(send(v, PROTOCOL, message)).isEqualTo(Result.OK);
      List<Fragments.Seen> fragments = sent(v);
      assertThat(v.join(fragments)).isEqualTo(message);
      assertThat(fragments.get(0).protocol()).isEqualTo(PROTOCOL);
      int most = v == Fragments.V4 ? 1480 : 1448;
      assertThat(fragments).hasSize((length + most - 1) / most);
    }
  }

  @ParameterizedTest
  @EnumSource
  void fillsAnyMtu(Fragments v) {
    for (int mtu = 1280; mtu < 1300; mtu++) {
      host.wire.mtu = mtu;
      Bytes message = Bytes.pattern(mtu, 5001);
      assertThat(send(v, PROTOCOL, message)).isEqualTo(Result.OK);
      assertThat(v.join(sent(v))).isEqualTo(message);
    }
    host.wire.mtu = 27;
    assertThat(send(v, PROTOCOL, Bytes.pattern(0, 100))).isEqualTo(Result.TOO_LARGE);
    assertThat(host.dropped(IpDrop.TOO_LARGE)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatNoLengthFieldCanSay(Fragments v) {
    int most = v == Fragments.V4 ? 65_515 : 65_535;
    assertThat(send(v, PROTOCOL, Bytes.pattern(0, most + 1))).isEqualTo(Result.TOO_LARGE);
    host.sendsNothing();
    assertThat(send(v, PROTOCOL, Bytes.pattern(0, most))).isEqualTo(Result.OK);
    assertThat(v.join(sent(v))).isEqualTo(Bytes.pattern(0, most));
  }

  @ParameterizedTest
  @EnumSource
  void completesTheChecksumFirst(Fragments v) {
    Udp udp = new Udp(host.ip, host.pool, host.random);
    host.ip.register(IpProtocol.UDP, udp);
    UdpSocket socket = udp.bind(v.us, 1000, () -> {});
    socket.ttl(33);
    socket.trafficClass(0xb8);
    Bytes data = Bytes.pattern(1, v == Fragments.V4 ? 65_507 : 65_527);
    ByteBuffer payload = ByteBuffer.wrap(data.toArray());
    assertThat(socket.send(payload, 0, data.length(), v.peer, 7)).isEqualTo(Result.OK);
    UdpDatagram datagram = new UdpDatagram(1000, 7, data);
    ByteBuffer expected = ByteBuffer.allocate(datagram.length());
    datagram.write(expected, 0, v.us, v.peer);
    assertThat(v.join(sent(v))).isEqualTo(Bytes.of(expected.array()));
    assertThat(socket.send(ByteBuffer.allocate(65_528), 0, 65_528, v.peer, 7))
        .isEqualTo(Result.TOO_LARGE);
    socket.close();
  }

  @ParameterizedTest
  @EnumSource
  void cutsWhatIsGatheredFromSeveralPlaces(Fragments v) {
    Bytes message = Bytes.pattern(3, 5000);
    ByteBuffer ring = ByteBuffer.allocateDirect(6000);
    message.slice(900, 4000).write(ring, 2900);
    message.slice(4000, 5000).write(ring, 0);
    Packet packet = Objects.requireNonNull(host.pool.acquire());
    packet.end = message.slice(0, 900).write(packet.buffer, packet.start);
    packet.gather(ring, 2900, 3100, 0, 1000);
    Result result =
        host.ip.send(
            packet, v.us.high(), v.us.low(), v.peer.high(), v.peer.low(), PROTOCOL, 0xb8, 33);
    packet.release();
    assertThat(result).isEqualTo(Result.OK);
    assertThat(v.join(sent(v))).isEqualTo(message);
  }

  @ParameterizedTest
  @EnumSource
  void identificationsDoNotRepeatAndSayNothingAboutOthers(Fragments v) {
    Set<Integer> ids = new HashSet<>();
    Bytes message = Bytes.pattern(0, 1600);
    for (int i = 0; i < 1000; i++) {
      send(v, PROTOCOL, message);
      ids.add(sent(v).get(0).id());
    }
    assertThat(ids).hasSize(1000);
    Set<Integer> distances = new HashSet<>();
    for (int seed = 1; seed <= 20; seed++) {
      host = new TestHost(seed, 80, 2048);
      host.iface.addAddress(v.us, v == Fragments.V4 ? 24 : 64);
      IpAddress other = new IpAddress(v.peer.high(), v.peer.low() + 8);
      host.meets(v.peer, TestHost.PEER_MAC);
      host.meets(other, TestHost.PEER_MAC);
      send(v, PROTOCOL, message);
      send(v, other, PROTOCOL, message);
      List<Fragments.Seen> seen = sent(v);
      distances.add(seen.get(2).id() - seen.get(0).id());
    }
    assertThat(distances).as("between two destinations").hasSizeGreaterThan(18);
  }

  @ParameterizedTest
  @EnumSource
  void tcpIsNeverCut(Fragments v) {
    assertThat(send(v, IpProtocol.TCP, Bytes.pattern(0, 1481))).isEqualTo(Result.TOO_LARGE);
    host.sendsNothing();
  }

  @ParameterizedTest
  @EnumSource
  void stopsWhereTheDeviceIsFull(Fragments v) {
    host.wire.up = false;
    assertThat(send(v, PROTOCOL, Bytes.pattern(0, 60_000))).isEqualTo(Result.LIMIT);
    assertThat(host.dropped(IpDrop.DEVICE)).isEqualTo(1);
    assertThat(host.iface.counters().fragmentsOut()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void allFragmentsWaitForTheNeighbour(Fragments v) {
    host = TestHost.usual();
    Bytes message = Bytes.pattern(0, 65_515);
    assertThat(send(v, PROTOCOL, message)).isEqualTo(Result.OK);
    assertThat(host.wire.sent).hasSize(1);
    host.wire.sent.clear();
    host.meets(v.peer, TestHost.PEER_MAC);
    assertThat(v.join(sent(v))).isEqualTo(message);
  }

  @ParameterizedTest
  @EnumSource
  void theTransportHearsOnceOfANeighbourThatIsNotThere(Fragments v) {
    host = TestHost.usual();
    Fragments.Collector collector = new Fragments.Collector();
    host.ip.register(PROTOCOL, collector);
    send(v, PROTOCOL, Bytes.pattern(0, 5000));
    host.after(4);
    assertThat(collector.heard).containsExactly("NEIGHBOUR " + Bytes.pattern(0, 8));
  }

  @ParameterizedTest
  @EnumSource
  void theTransportHearsOfErrorsAboutFragments(Fragments v) {
    Fragments.Collector collector = new Fragments.Collector();
    host.ip.register(PROTOCOL, collector);
    send(v, PROTOCOL, Bytes.pattern(0, 2000));
    for (EthernetFrame sent : List.copyOf(host.wire.sent)) {
      ByteBuffer quote = ByteBuffer.allocate(sent.payload().length());
      sent.payload().write(quote, 0);
      Bytes quoted = Bytes.of(quote.array()).slice(0, 100);
      int type = v == Fragments.V4 ? 11 : 3;
      host.receives(v.peer, v.us, new IcmpMessage(v.icmp, type, 1, 0, quoted));
    }
    assertThat(collector.heard).containsExactly("TIME_EXCEEDED " + Bytes.pattern(0, 8));
    assertThat(host.dropped(IpDrop.ICMP_BAD_QUOTE)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsForOurselvesIsNotCut(Fragments v) {
    Fragments.Collector collector = new Fragments.Collector();
    host.ip.register(PROTOCOL, collector);
    Bytes message = Bytes.pattern(0, 65_515);
    assertThat(send(v, v.us, PROTOCOL, message)).isEqualTo(Result.OK);
    assertThat(host.ip.packets().largeOutstanding()).isEqualTo(1);
    assertThat(host.ip.deliverLooped()).isTrue();
    assertThat(collector.received).containsExactly(message);
    host.sendsNothing();
  }

  @Test
  void pingsWithMoreThanAFrame() {
    assertThat(host.ip.echo().send(Fragments.V4.peer, 1, 2, 65_507)).isEqualTo(Result.OK);
    assertThat(host.wire.sent).hasSize(45);
    assertThat(host.ip.echo().send(Fragments.V6.peer, 1, 2, 65_527)).isEqualTo(Result.OK);
    assertThat(host.wire.sent).hasSize(45 + 46);
    assertThat(host.ip.echo().send(Fragments.V4.peer, 1, 2, 65_508)).isEqualTo(Result.TOO_LARGE);
    assertThat(host.ip.echo().send(Fragments.V6.peer, 1, 2, 65_528)).isEqualTo(Result.TOO_LARGE);
  }

  @Test
  void largePacketsAreFewAndTakenOnFirstNeed() {
    PacketPools pools = host.ip.packets();
    assertThat(pools.isLarge(Objects.requireNonNull(take(pools, 1500)))).isFalse();
    List<Packet> taken = new ArrayList<>();
    for (int i = 0; i < PacketPools.LARGE_PACKETS; i++) {
      Packet packet = Objects.requireNonNull(pools.acquire(PacketPools.MAX_LENGTH));
      assertThat(pools.isLarge(packet)).isTrue();
      assertThat(packet.buffer.capacity() - packet.start)
          .isGreaterThanOrEqualTo(PacketPools.MAX_LENGTH);
      taken.add(packet);
    }
    assertThat(pools.acquire(PacketPools.MAX_LENGTH)).isNull();
    assertThat(pools.largeExhausted()).isEqualTo(1);
    taken.forEach(Packet::release);
    assertThat(pools.largeOutstanding()).isZero();
  }

  private static Packet take(PacketPools pools, int length) {
    Packet packet = Objects.requireNonNull(pools.acquire(length));
    packet.release();
    return packet;
  }
}
