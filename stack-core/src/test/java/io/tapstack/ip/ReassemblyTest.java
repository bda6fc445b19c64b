package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.US_6;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.link.PacketPools;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How datagrams are put together, and when they are not. */
class ReassemblyTest {
  private static final int PROTOCOL = 200;
  private static final Bytes EIGHT = Bytes.pattern(0, 8);

  private TestHost host;
  private final Fragments.Collector collector = new Fragments.Collector();

  @BeforeEach
  void open() {
    host = acquainted(1024);
  }

  private TestHost acquainted(int packets) {
    TestHost made = new TestHost(1, packets, 2048);
    made.iface.addAddress(Fragments.V4.us, 24);
    made.iface.addAddress(Fragments.V6.us, 64);
    made.meets(Fragments.V4.peer, TestHost.PEER_MAC);
    made.meets(Fragments.V6.peer, TestHost.PEER_MAC);
    made.ip.register(PROTOCOL, collector);
    return made;
  }

  @AfterEach
  void givesPacketsBack() {
    assertThat(host.ip.heldFragments()).isEqualTo(host.pool.outstanding());
    host.after(80); // a minute, and what is said then asks whether the peer is still there
    assertThat(host.ip.partialDatagrams()).isZero();
    assertThat(host.ip.heldFragments()).isZero();
    host.hasAllPacketsBack();
    assertThat(host.timers.size()).as("timers left").isZero();
  }

  private void receives(Fragments v, int id, int offset, boolean more, String data) {
    host.receives(v.fragment(PROTOCOL, id, offset, more, Bytes.of(data)));
  }

  // ---- whole ones ----

  @ParameterizedTest
  @EnumSource
  void putsFragmentsTogetherInAnyOrder(Fragments v) {
    Bytes message = Bytes.pattern(0, 40);
    List<IpPacket> fragments = v.cut(PROTOCOL, 7, message, 8);
    for (int seed = 0; seed < 50; seed++) {
      List<IpPacket> shuffled = new ArrayList<>(fragments);
      Collections.shuffle(shuffled, new Random(seed));
      shuffled.forEach(host::receives);
      assertThat(collector.received).hasSize(seed + 1).containsOnly(message);
    }
    assertThat(host.iface.counters().reassembled()).isEqualTo(50);
    assertThat(host.iface.counters().fragmentsIn()).isEqualTo(250);
    assertThat(host.iface.counters().dropped()).isZero();
    assertThat(host.ip.partialDatagrams()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void keepsDatagramsApart(Fragments v) {
    receives(v, 1, 0, true, "one-one-");
    receives(v, 2, 0, true, "two-two-");
    IpAddress other = new IpAddress(v.peer.high(), v.peer.low() + 9);
    host.receives(v.fragment(other, 0, PROTOCOL, 1, 8, false, Bytes.of("other")));
    receives(v, 2, 8, false, "two");
    receives(v, 1, 8, false, "one");
    assertThat(collector.received)
        .containsExactly(Bytes.of("two-two-two"), Bytes.of("one-one-one"));
    assertThat(host.ip.partialDatagrams()).isEqualTo(1);
  }

  @Test
  void theProtocolNamesDatagramsInIpv4Only() {
    receives(Fragments.V4, 1, 0, true, "one-one-");
    host.receives(Fragments.V4.fragment(PROTOCOL + 1, 1, 8, false, Bytes.of("x")));
    assertThat(collector.received).isEmpty();
    // RFC 8200 section 4.5: the first fragment says what follows
    receives(Fragments.V6, 1, 0, true, "one-one-");
    host.receives(Fragments.V6.fragment(17, 1, 8, false, Bytes.of("x")));
    assertThat(collector.received).containsExactly(Bytes.of("one-one-x"));
  }

  @ParameterizedTest
  @EnumSource
  void answersTheLargestEcho(Fragments v) {
    Bytes data = Bytes.pattern(5, v == Fragments.V4 ? 65_507 : 65_527);
    IcmpMessage echo =
        v == Fragments.V4 ? IcmpMessage.echoV4(1, 2, data) : IcmpMessage.echoV6(1, 2, data);
    v.cut(v.icmp, 99, v.message(echo), 1448).forEach(host::receives);
    List<Fragments.Seen> answer = new ArrayList<>();
    host.wire.sent.forEach(
        frame -> {
          assertThat(frame.payload().length()).isLessThanOrEqualTo(1500);
          answer.add(v.read(frame));
        });
    assertThat(answer.get(0).protocol()).isEqualTo(v.icmp);
    assertThat(v.join(answer)).isEqualTo(v.message(echo.echoReply()));
    assertThat(host.iface.counters().echoReplies()).isEqualTo(1);
    assertThat(host.ip.packets().largeOutstanding()).isZero();
  }

  // Proves: RFC 3168 5.3
  @ParameterizedTest
  @EnumSource
  void takesTheClassOfTheFirstAndTheCongestionOfAny(Fragments v) {
    int[][] classes = {
      {0xb8, 0, 0xb8}, {0xb9, 0xba, 0xb9}, {0xb9, 3, 0xbb}, {0xbb, 2, 0xbb}, // ECT, CE
    };
    for (int[] each : classes) {
      host.receives(v.fragment(v.peer, each[0], PROTOCOL, 1, 0, true, Bytes.of("12345678")));
      host.receives(v.fragment(v.peer, each[1], PROTOCOL, 1, 8, false, Bytes.of("9")));
      assertThat(collector.trafficClasses).containsExactly(each[2]);
      collector.trafficClasses.clear();
    }
    // RFC 3168 section 5.3: not-ECT and CE cannot both be
    host.receives(v.fragment(v.peer, 0, PROTOCOL, 1, 0, true, Bytes.of("12345678")));
    host.receives(v.fragment(v.peer, 3, PROTOCOL, 1, 8, false, Bytes.of("9")));
    assertThat(collector.trafficClasses).isEmpty();
    assertThat(host.dropped(IpDrop.BAD_FRAGMENT)).isEqualTo(2);
  }

  @Test
  void takesTheOptionsOfTheFirst() {
    Bytes options = Bytes.ofHex("94040000");
    Unparsed part = new Unparsed(PROTOCOL, Bytes.of("12345678"), "");
    host.receives(
        new Ipv4Packet(0, 1, 0x2000, 64, Fragments.V4.peer, Fragments.V4.us, options, part));
    receives(Fragments.V4, 1, 8, false, "9");
    assertThat(collector.received).containsExactly(Bytes.of("123456789"));
  }

  @Test
  void walksExtensionHeadersOnBothSidesOfTheFragmentHeader() {
    // hop-by-hop before it, destination options behind it
    Bytes before = Bytes.ofHex("2c00010400000000");
    Bytes behind = Bytes.ofHex("c800010400000000");
    Ipv6PacketBytes packet = new Ipv6PacketBytes(PEER_6, US_6, 64, 0);
    Bytes data = behind.plus(Bytes.of("12345678"));
    host.receives(packet.with(before.plus(Fragments.header(60, 1, 0, true)).plus(data)));
    host.receives(packet.with(before.plus(Fragments.header(60, 1, 16, false)).plus(Bytes.of("9"))));
    assertThat(collector.received).containsExactly(Bytes.of("123456789"));
  }

  // ---- no whole ones ----

  @ParameterizedTest
  @EnumSource
  void anOverlapVoidsTheDatagramAndWhatIsStillToCome(Fragments v) {
    receives(v, 1, 0, true, "12345678abcdefgh");
    receives(v, 1, 8, false, "abcdefghi");
    assertThat(host.dropped(IpDrop.FRAGMENT_OVERLAP)).isEqualTo(2);
    assertThat(host.ip.heldFragments()).isZero();
    receives(v, 1, 0, true, "12345678");
    receives(v, 1, 8, false, "abcdefghi");
    assertThat(host.dropped(IpDrop.FRAGMENT_OVERLAP)).isEqualTo(4);
    assertThat(collector.received).isEmpty();
    host.after(60);
    host.sendsNothing(); // silently
    receives(v, 1, 0, true, "12345678");
    receives(v, 1, 8, false, "abcdefghi");
    assertThat(collector.received).containsExactly(Bytes.of("12345678abcdefghi"));
  }

  @ParameterizedTest
  @EnumSource
  void anExactDuplicateIsDroppedAlone(Fragments v) {
    receives(v, 1, 8, true, "abcdefgh");
    receives(v, 1, 8, true, "abcdefgh");
    receives(v, 1, 16, false, "end");
    receives(v, 1, 16, false, "end");
    receives(v, 1, 0, true, "12345678");
    assertThat(collector.received).containsExactly(Bytes.of("12345678abcdefghend"));
    assertThat(host.dropped(IpDrop.FRAGMENT_DUPLICATE)).isEqualTo(2);
    assertThat(host.iface.counters().dropped()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void fragmentsThatContradictVoidTheDatagram(Fragments v) {
    receives(v, 1, 8, true, "abcdefgh");
    receives(v, 1, 8, true, "abcdefgX"); // other bytes
    receives(v, 2, 8, false, "abcdefgh");
    receives(v, 2, 16, true, "abcdefgh"); // beyond the end
    receives(v, 3, 16, false, "abcdefgh");
    receives(v, 3, 8, false, "abcdefgh"); // another end
    receives(v, 4, 8, true, "abcdefgh");
    receives(v, 4, 8, false, "abcdefgh"); // the end, or not
    receives(v, 5, 8, false, "abcdefgh");
    receives(v, 5, 8, true, "abcdefgh");
    assertThat(host.dropped(IpDrop.FRAGMENT_OVERLAP)).isEqualTo(10);
    assertThat(host.ip.heldFragments()).isZero();
    assertThat(collector.received).isEmpty();
  }

  @Test
  void lengthsThatCannotBeAreDroppedInIpv4() {
    receives(Fragments.V4, 1, 0, true, "1234567"); // no multiple of 8
    receives(Fragments.V4, 1, 0, true, "");
    receives(Fragments.V4, 1, 8, false, "");
    receives(Fragments.V4, 1, 65_512, false, "1234"); // the ping of death: with its header 65,536
    assertThat(host.dropped(IpDrop.BAD_FRAGMENT)).isEqualTo(4);
    receives(Fragments.V4, 1, 65_512, false, "123");
    assertThat(host.ip.heldFragments()).isEqualTo(1);
    host.sendsNothing();
  }

  private void saysParameterProblem(int code, int pointer) {
    EthernetFrame frame = host.wire.sent.removeFirst();
    IcmpMessage message = (IcmpMessage) ((IpPacket) frame.payload()).payload();
    assertThat(message.type()).isEqualTo(4);
    assertThat(message.code()).isEqualTo(code);
    assertThat(message.rest()).isEqualTo(pointer);
    host.sendsNothing();
  }

  @Test
  void lengthsThatCannotBeAreAnsweredInIpv6() {
    receives(Fragments.V6, 1, 0, true, "1234567");
    saysParameterProblem(0, 4); // Payload Length
    receives(Fragments.V6, 1, 65_528, false, "12345678");
    saysParameterProblem(0, 42); // Fragment Offset
    receives(Fragments.V6, 1, 8, false, "");
    receives(Fragments.V6, 1, 8, true, "");
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.BAD_FRAGMENT)).isEqualTo(4);
    receives(Fragments.V6, 1, 65_528, false, "1234567");
    assertThat(host.ip.heldFragments()).isEqualTo(1);
  }

  @Test
  void aFirstFragmentHoldsAllHeaders() {
    Fragments v = Fragments.V6;
    host.receives(v.fragment(58, 1, 0, true, Bytes.ofHex("8000000000010002")));
    host.sendsNothing(); // that was just enough
    host.receives(v.fragment(17, 2, 0, true, Bytes.ofHex("0001000200000000")));
    host.sendsNothing();
    host.receives(v.fragment(6, 3, 0, true, Bytes.pattern(0, 16)));
    saysParameterProblem(3, 0);
    host.receives(v.fragment(60, 4, 0, true, Bytes.ofHex("3a01010400000000")));
    saysParameterProblem(3, 0);
    host.receives(v.fragment(60, 5, 0, true, Bytes.ofHex("3a00010400000000")));
    saysParameterProblem(3, 0);
    assertThat(host.dropped(IpDrop.BAD_FRAGMENT)).isEqualTo(3);
    assertThat(host.ip.heldFragments()).isEqualTo(2);
  }

  @Test
  void atomicFragmentsAreOnTheirOwn() {
    receives(Fragments.V6, 1, 0, true, "12345678");
    receives(Fragments.V6, 1, 0, false, "atom"); // RFC 6946 section 4
    assertThat(collector.received).containsExactly(Bytes.of("atom"));
    receives(Fragments.V6, 1, 8, false, "9");
    assertThat(collector.received).containsExactly(Bytes.of("atom"), Bytes.of("123456789"));
  }

  @Test
  void aFragmentedDatagramHasNoOtherFragmentHeader() {
    Fragments v = Fragments.V6;
    host.receives(v.fragment(44, 1, 0, true, Fragments.header(PROTOCOL, 2, 0, true)));
    host.receives(v.fragment(44, 1, 8, false, Bytes.of("12345678")));
    host.receives(v.fragment(44, 3, 0, true, Fragments.header(PROTOCOL, 4, 0, false)));
    host.receives(v.fragment(44, 3, 8, false, Bytes.of("12345678")));
    assertThat(host.dropped(IpDrop.MALFORMED)).isEqualTo(2);
    assertThat(host.ip.partialDatagrams()).isZero();
    assertThat(collector.received).isEmpty();
  }

  @Test
  void neighbourDiscoveryIsNotBelievedInFragments() {
    Fragments v = Fragments.V6;
    IcmpMessage message = IcmpMessage.neighbourSolicitation(US_6, 0x0200_0000_0066L);
    v.cut(58, 1, v.message(message), 16).forEach(host::receives);
    assertThat(host.dropped(IpDrop.BAD_ND)).isEqualTo(1);
    host.sendsNothing();
  }

  // ---- time ----

  @ParameterizedTest
  @EnumSource
  void saysThatTimeIsOverIfTheFirstFragmentCame(Fragments v) {
    Bytes first = Bytes.pattern(0, 80);
    host.receives(v.fragment(PROTOCOL, 1, 80, true, Bytes.pattern(80, 8)));
    host.after(30);
    IpPacket head = v.fragment(PROTOCOL, 1, 0, true, first);
    host.receives(head);
    receives(v, 2, 8, false, "without its first");
    host.after(29.9);
    host.sendsNothing();
    host.after(0.2); // 60 s from the one that came first
    IpPacket said = (IpPacket) host.wire.sent.removeFirst().payload();
    IcmpMessage error = (IcmpMessage) said.payload();
    assertThat(said.destination()).isEqualTo(v.peer);
    assertThat(error.type()).isEqualTo(v == Fragments.V4 ? 11 : 3);
    assertThat(error.code()).isEqualTo(1);
    ByteBuffer quote = ByteBuffer.allocate(head.length());
    head.write(quote, 0);
    assertThat(error.data()).isEqualTo(Bytes.of(quote.array()));
    assertThat(host.ip.partialDatagrams()).isEqualTo(1);
    host.after(31);
    assertThat(host.iface.counters().icmpErrorsOut()).isEqualTo(1);
    assertThat(host.dropped(IpDrop.FRAGMENT_TIMEOUT)).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource
  void doesNotSaySoAboutErrors(Fragments v) {
    int type = v == Fragments.V4 ? 3 : 1;
    IcmpMessage error = new IcmpMessage(v.icmp, type, 3, 0, Bytes.pattern(0, 64));
    host.receives(v.cut(v.icmp, 1, v.message(error), 32).get(0));
    host.after(61);
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.ICMP_SUPPRESSED)).isEqualTo(1);
  }

  // ---- limits ----

  @ParameterizedTest
  @EnumSource
  void theOldestDatagramMakesRoom(Fragments v) {
    for (int id = 0; id < 3 * Reassembly.MAX_DATAGRAMS; id++) {
      IpAddress from = new IpAddress(v.peer.high(), v.peer.low() + 4 + id % 9);
      host.receives(v.fragment(from, 0, PROTOCOL, id, 8, false, Bytes.of("tail")));
      assertThat(host.ip.partialDatagrams()).isLessThanOrEqualTo(Reassembly.MAX_DATAGRAMS);
    }
    assertThat(host.ip.partialDatagrams()).isEqualTo(Reassembly.MAX_DATAGRAMS);
    assertThat(host.dropped(IpDrop.FRAGMENT_LIMIT)).isEqualTo(2 * Reassembly.MAX_DATAGRAMS);
  }

  @ParameterizedTest
  @EnumSource
  void aFloodFromOneSourceLeavesTheOthersAlone(Fragments v) {
    receives(v, 1, 0, true, "12345678");
    IpAddress flooder = new IpAddress(v.peer.high(), v.peer.low() + 9);
    for (int id = 0; id < 10_000; id++) {
      int offset = 8 * (id * 31 % 8000);
      host.receives(
          v.fragment(flooder, 0, PROTOCOL, id / 7, offset + 8, true, Bytes.pattern(0, 8)));
      assertThat(host.ip.heldFragments()).isLessThanOrEqualTo(1 + 1024 / 16);
      assertThat(host.ip.partialDatagrams()).isLessThanOrEqualTo(1 + Reassembly.MAX_DATAGRAMS / 2);
    }
    receives(v, 1, 8, false, "9");
    assertThat(collector.received).containsExactly(Bytes.of("123456789"));
    assertThat(host.dropped(IpDrop.FRAGMENT_LIMIT)).isPositive();
  }

  @ParameterizedTest
  @EnumSource
  void manySourcesHoldNoMoreThanAnEighthOfThePool(Fragments v) {
    for (int i = 0; i < 10_000; i++) {
      IpAddress from = new IpAddress(v.peer.high(), v.peer.low() + 4 + i % 5);
      host.receives(v.fragment(from, 0, PROTOCOL, i % 5, 8 + i / 5 % 2000 * 16, true, EIGHT));
      assertThat(host.ip.heldFragments()).isLessThanOrEqualTo(1024 / 8);
    }
  }

  @Test
  void aDatagramInTooManyPiecesIsGivenUp() {
    host = acquainted(8192);
    for (int i = 1; i <= Reassembly.MAX_FRAGMENTS; i++) {
      host.receives(Fragments.V4.fragment(PROTOCOL, 1, i * 8, true, EIGHT));
    }
    assertThat(host.ip.heldFragments()).isEqualTo(Reassembly.MAX_FRAGMENTS);
    host.receives(Fragments.V4.fragment(PROTOCOL, 1, 0, true, EIGHT));
    assertThat(host.ip.heldFragments()).isZero();
    assertThat(host.dropped(IpDrop.FRAGMENT_LIMIT)).isEqualTo(Reassembly.MAX_FRAGMENTS + 1);
  }

  @ParameterizedTest
  @EnumSource
  void tcpInMoreThanAFrameIsRefused(Fragments v) {
    host.ip.register(6, collector);
    v.cut(6, 1, Bytes.pattern(0, 1800), 1000).forEach(host::receives);
    assertThat(collector.received).containsExactly(Bytes.pattern(0, 1800));
    v.cut(6, 1, Bytes.pattern(0, 2500), 1000).forEach(host::receives);
    assertThat(collector.received).hasSize(1);
    assertThat(host.dropped(IpDrop.TOO_LARGE)).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void withoutALargePacketTheDatagramIsDropped(Fragments v) {
    List<Packet> taken = new ArrayList<>();
    for (int i = 0; i < PacketPools.LARGE_PACKETS; i++) {
      taken.add(host.ip.packets().acquire(65_535));
    }
    assertThat(host.ip.packets().acquire(65_535)).isNull();
    v.cut(PROTOCOL, 1, Bytes.pattern(0, 5000), 1000).forEach(host::receives);
    assertThat(collector.received).isEmpty();
    assertThat(host.dropped(IpDrop.NO_BUFFER)).isEqualTo(5);
    taken.forEach(Packet::release);
    v.cut(PROTOCOL, 1, Bytes.pattern(0, 5000), 1000).forEach(host::receives);
    assertThat(collector.received).containsExactly(Bytes.pattern(0, 5000));
  }
}
