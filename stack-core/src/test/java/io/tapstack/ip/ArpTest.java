package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_MAC;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.link.NeighbourCache;
import io.tapstack.link.NeighbourState;
import io.tapstack.link.Packet;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Mac;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ARP and the neighbour machine behind it, as traces on a virtual clock. */
class ArpTest {
  private static final IpAddress OTHER = IpAddress.parse("10.0.0.3");
  private static final String WHO_HAS_PEER = "arp who-has 10.0.0.1 tell 10.0.0.2";
  private static final long OTHER_MAC = 0x0200_0000_0003L;

  private final TestHost host = TestHost.usual();

  @AfterEach
  void givesPacketsBack() {
    assertThat(host.iface.neighbours().waiting()).isZero();
    host.hasAllPacketsBack();
  }

  private Result ping(IpAddress to) {
    return host.ip.echo().send(to, 7, 1, 0);
  }

  private @Nullable NeighbourState state(IpAddress who) {
    return host.iface.neighbours().state(who.high(), who.low());
  }

  private void receivesArp(ArpPacket packet) {
    host.receives(new EthernetFrame(Mac.BROADCAST, packet.senderMac(), packet));
  }

  private void peerAnswers() {
    host.receives(ArpPacket.request(US_MAC, US, PEER).reply(PEER_MAC));
  }

  @Test
  void answersForOurAddressAndLearnsWhoAsked() {
    receivesArp(ArpPacket.request(PEER_MAC, PEER, US));
    EthernetFrame answer = host.sends("arp 10.0.0.2 is-at 02:00:00:00:00:02");
    assertThat(answer.destination()).isEqualTo(PEER_MAC);
    assertThat(state(PEER)).isEqualTo(NeighbourState.STALE);
    assertThat(ping(PEER)).isEqualTo(Result.OK);
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
    host.sendsNothing();
  }

  @Test
  void asksAndThenSendsWhatWaited() {
    assertThat(ping(PEER)).isEqualTo(Result.OK);
    EthernetFrame question = host.sends(WHO_HAS_PEER);
    assertThat(question.destination()).isEqualTo(Mac.BROADCAST);
    host.sendsNothing();
    peerAnswers();
    EthernetFrame echo = host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
    assertThat(echo.destination()).isEqualTo(PEER_MAC);
    assertThat(state(PEER)).isEqualTo(NeighbourState.REACHABLE);
    assertThat(host.timers.size()).isZero();
  }

  @Test
  void asksOncePerSecondThreeTimesAndThenReportsEveryPacket() {
    List<Integer> failed = new ArrayList<>();
    host.ip.echo().listener(new Failures(failed));
    ping(PEER);
    host.ip.echo().send(PEER, 7, 2, 0);
    for (int i = 0; i < 3; i++) {
      host.sends(WHO_HAS_PEER);
      host.after(0.999);
      host.sendsNothing();
      assertThat(failed).isEmpty();
      host.after(0.001);
    }
    host.sendsNothing();
    assertThat(failed).containsExactly(1, 2);
    assertThat(state(PEER)).isNull();
    assertThat(host.timers.size()).isZero();
    // The next packet starts all over.
    ping(PEER);
    host.sends(WHO_HAS_PEER);
    peerAnswers();
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
  }

  @Test
  void tellsTheTransportWhichPacketWasLost() {
    List<String> heard = new ArrayList<>();
    host.ip.register(
        IpProtocol.UDP,
        new IpTransport() {
          @Override
          public void receive(IpInterface iface, Packet packet) {
            packet.release();
          }

          @Override
          public void unreachable(
              Unreachable what,
              long localHigh,
              long localLow,
              long remoteHigh,
              long remoteLow,
              ByteBuffer quoted,
              int offset,
              int length) {
            heard.add(
                what
                    + " "
                    + new IpAddress(localHigh, localLow)
                    + " "
                    + new IpAddress(remoteHigh, remoteLow)
                    + " "
                    + Bytes.copyOf(quoted, offset, length));
          }
        });
    Bytes transport = Bytes.ofHex("1111222200080000");
    Packet packet = host.packet(transport);
    host.ip.send(packet, 0, US.low(), 0, PEER.low(), IpProtocol.UDP, 0, 64);
    packet.release();
    host.after(3);
    assertThat(heard).containsExactly("NEIGHBOUR 10.0.0.2 10.0.0.1 " + transport);
  }

  @Test
  void keepsTheNewestOfManyWaiting() {
    for (int sequence = 1; sequence <= NeighbourCache.MAX_WAITING + 2; sequence++) {
      assertThat(host.ip.echo().send(PEER, 7, sequence, 0)).isEqualTo(Result.OK);
    }
    host.sends(WHO_HAS_PEER);
    assertThat(host.iface.neighbours().waiting()).isEqualTo(NeighbourCache.MAX_WAITING);
    peerAnswers();
    for (int sequence = 3; sequence <= NeighbourCache.MAX_WAITING + 2; sequence++) {
      host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq " + sequence + " len 0");
    }
    host.sendsNothing();
    assertThat(host.iface.neighbours().counters().waitingDropped()).isEqualTo(2);
  }

  @Test
  void checksAStaleNeighbourByUnicastAfterFiveSeconds() {
    host.meets(PEER, PEER_MAC);
    ping(PEER);
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
    assertThat(state(PEER)).isEqualTo(NeighbourState.DELAY);
    host.after(4.999);
    host.sendsNothing();
    host.after(0.001);
    EthernetFrame question = host.sends(WHO_HAS_PEER);
    assertThat(question.destination()).isEqualTo(PEER_MAC);
    assertThat(state(PEER)).isEqualTo(NeighbourState.PROBE);
    peerAnswers();
    assertThat(state(PEER)).isEqualTo(NeighbourState.REACHABLE);
    assertThat(host.timers.size()).isZero();
    host.after(14.9);
    assertThat(state(PEER)).isEqualTo(NeighbourState.REACHABLE);
    host.after(30.2);
    assertThat(state(PEER)).as("after 1.5 times 30 s").isEqualTo(NeighbourState.STALE);
    host.sendsNothing();
  }

  @Test
  void forgetsANeighbourThatStoppedAnswering() {
    host.meets(PEER, PEER_MAC);
    ping(PEER);
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
    host.after(5);
    host.sends(WHO_HAS_PEER);
    host.after(1);
    host.sends(WHO_HAS_PEER);
    host.after(1);
    // It is still used while it is being asked.
    ping(PEER);
    host.sends(WHO_HAS_PEER);
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
    host.after(1);
    host.sendsNothing();
    assertThat(state(PEER)).isNull();
    assertThat(host.iface.neighbours().counters().lost()).isEqualTo(1);
    assertThat(host.timers.size()).isZero();
  }

  @Test
  void asTransportsConfirmNobodyIsAsked() {
    host.meets(PEER, PEER_MAC);
    ping(PEER);
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
    host.after(4);
    host.ip.confirm(PEER.high(), PEER.low());
    host.after(5);
    host.sendsNothing();
    assertThat(state(PEER)).isEqualTo(NeighbourState.REACHABLE);
  }

  @Test
  void asTransportsSuspectTheNeighbourIsAskedAtOnce() { // RFC 1122 section 2.3.2.1 (4)
    ping(PEER);
    host.sends(WHO_HAS_PEER);
    host.ip.suspect(PEER.high(), PEER.low());
    host.sendsNothing(); // it is being asked already
    peerAnswers();
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
    assertThat(state(PEER)).isEqualTo(NeighbourState.REACHABLE);

    host.ip.suspect(PEER.high(), PEER.low());
    assertThat(host.sends(WHO_HAS_PEER).destination()).isEqualTo(PEER_MAC);
    assertThat(state(PEER)).isEqualTo(NeighbourState.PROBE);
    host.ip.suspect(PEER.high(), PEER.low());
    host.sendsNothing(); // at most one question a second
    peerAnswers();
    assertThat(state(PEER)).isEqualTo(NeighbourState.REACHABLE);
    host.after(60);
    host.sendsNothing();
  }

  @Test
  void aSuspectThatDoesNotAnswerIsForgotten() {
    host.meets(PEER, PEER_MAC);
    host.ip.confirm(PEER.high(), PEER.low());
    host.ip.suspect(PEER.high(), PEER.low());
    for (int i = 0; i < 3; i++) {
      host.sends(WHO_HAS_PEER);
      host.after(1);
    }
    host.sendsNothing();
    assertThat(state(PEER)).isNull();
  }

  @Test
  void beyondAGatewayTheGatewayIsSuspected() {
    IpAddress gateway = IpAddress.parse("10.0.0.254");
    host.meets(gateway, OTHER_MAC);
    host.ip.suspect(0, IpAddress.parse("192.0.2.1").low());
    assertThat(host.sends("arp who-has 10.0.0.254 tell 10.0.0.2").destination())
        .isEqualTo(OTHER_MAC);
    assertThat(state(gateway)).isEqualTo(NeighbourState.PROBE);
    host.after(3);
    host.wire.sent.clear();
  }

  @Test
  void whoseSenderIsNotWhoSentTheFrameIsNotBelieved() {
    host.meets(PEER, PEER_MAC);
    host.after(2);
    ArpPacket damaged = ArpPacket.request(US_MAC, US, PEER).reply(PEER_MAC ^ 0x40);
    host.receives(new EthernetFrame(US_MAC, PEER_MAC, damaged));
    host.receives(
        new EthernetFrame(Mac.BROADCAST, PEER_MAC, ArpPacket.request(PEER_MAC ^ 0x40, PEER, US)));
    host.sendsNothing();
    assertThat(host.iface.arp().mismatches()).isEqualTo(2);
    ping(PEER);
    assertThat(host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0").destination())
        .isEqualTo(PEER_MAC);
  }

  @Test
  void gratuitousArpChangesEntriesButMakesNone() {
    receivesArp(ArpPacket.request(PEER_MAC, PEER, PEER));
    assertThat(state(PEER)).isNull();
    host.meets(PEER, PEER_MAC);
    host.after(2);
    receivesArp(ArpPacket.request(OTHER_MAC, PEER, PEER));
    ping(PEER);
    assertThat(host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0").destination())
        .isEqualTo(OTHER_MAC);
  }

  @Test
  void doesNotBelieveTwoChangesInASecond() {
    host.meets(PEER, PEER_MAC);
    receivesArp(ArpPacket.request(OTHER_MAC, PEER, PEER));
    ping(PEER);
    assertThat(host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0").destination())
        .isEqualTo(PEER_MAC);
    assertThat(host.iface.neighbours().counters().changesRefused()).isEqualTo(1);
  }

  @Test
  void unaskedRepliesMakeNoEntries() {
    peerAnswers();
    assertThat(host.iface.neighbours().size()).isZero();
  }

  @Test
  void answersAnAddressProbeAndLearnsNothing() {
    receivesArp(ArpPacket.request(PEER_MAC, IpAddress.ANY_V4, US));
    host.sends("arp 10.0.0.2 is-at 02:00:00:00:00:02");
    assertThat(host.iface.neighbours().size()).isZero();
  }

  @Test
  void learnsNoGroupsNoBroadcastsNothingOfOursAndNothingFromElsewhere() {
    receivesArp(ArpPacket.request(Mac.BROADCAST, PEER, US));
    receivesArp(ArpPacket.request(0x0100_5e00_0001L, PEER, US));
    receivesArp(ArpPacket.request(0, PEER, US));
    receivesArp(ArpPacket.request(US_MAC, PEER, US));
    host.sendsNothing();
    receivesArp(ArpPacket.request(PEER_MAC, US, US));
    host.sendsNothing();
    assertThat(host.iface.arp().conflicts()).isEqualTo(1);
    for (String sender : List.of("10.0.0.255", "10.0.0.0", "192.0.2.1", "224.0.0.1", "127.0.0.1")) {
      receivesArp(ArpPacket.request(PEER_MAC, IpAddress.parse(sender), US));
      host.sends("arp 10.0.0.2 is-at 02:00:00:00:00:02");
    }
    assertThat(host.iface.neighbours().size()).isZero();
  }

  @Test
  void ignoresWhatIsNotForUsOrNotArp() {
    receivesArp(ArpPacket.request(PEER_MAC, PEER, OTHER));
    receivesArp(new ArpPacket(3, PEER_MAC, PEER, 0, US)); // a RARP request
    byte[] bytes =
        new EthernetFrame(US_MAC, PEER_MAC, ArpPacket.request(PEER_MAC, PEER, US))
            .toBytes()
            .toArray();
    bytes[14 + 4] = 7; // the length of hardware addresses
    host.receives(Bytes.of(bytes));
    host.receives(Bytes.of(bytes).slice(0, 14 + 27));
    host.sendsNothing();
    assertThat(host.iface.neighbours().size()).isZero();
    assertThat(host.iface.arp().malformed()).isEqualTo(2);
    assertThat(host.iface.arp().ignored()).isEqualTo(1);
  }

  @Test
  void asksTheGatewayForWhatIsElsewhere() {
    ping(IpAddress.parse("192.0.2.1"));
    host.sends("arp who-has 10.0.0.254 tell 10.0.0.2");
    ArpPacket answer =
        ArpPacket.request(US_MAC, US, IpAddress.parse("10.0.0.254")).reply(OTHER_MAC);
    host.receives(new EthernetFrame(US_MAC, OTHER_MAC, answer));
    assertThat(host.sends("10.0.0.2 > 192.0.2.1 icmp echo id 7 seq 1 len 0").destination())
        .isEqualTo(OTHER_MAC);
  }

  @Test
  void boundsUnresolvedNeighboursAndPacketsThatWait() {
    int refused = 0;
    for (int i = 0; i < 4096; i++) {
      Result result = ping(IpAddress.ofV4(0x0a00_0000 | 3 + i % 250 | i / 250 << 8));
      refused += result == Result.OK ? 0 : 1;
    }
    // Only 10.0.0.0/24 is on the link; the rest waits for the gateway.
    assertThat(host.iface.neighbours().size())
        .isLessThanOrEqualTo(NeighbourCache.DEFAULT_CAPACITY / 4);
    assertThat(host.iface.neighbours().waiting())
        .isLessThanOrEqualTo(NeighbourCache.MAX_WAITING_TOTAL);
    assertThat(refused).isPositive();
    assertThat(host.dropped(IpDrop.NEIGHBOUR)).isEqualTo(refused);
    host.after(4);
    assertThat(host.iface.neighbours().size()).isZero();
  }

  @Test
  void aFloodOfStrangersDoesNotPushOutWhomWeTalkTo() {
    host.iface.removeAddress(US);
    host.iface.addAddress(US, 8);
    host.meets(PEER, PEER_MAC);
    ping(PEER);
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
    for (int i = 0; i < 10_000; i++) {
      receivesArp(ArpPacket.request(OTHER_MAC + i, IpAddress.ofV4(0x0a01_0000 + i), US));
    }
    host.wire.sent.clear();
    assertThat(host.iface.neighbours().size()).isEqualTo(NeighbourCache.DEFAULT_CAPACITY);
    ping(PEER);
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 7 seq 1 len 0");
  }

  private record Failures(List<Integer> sequences) implements EchoListener {
    @Override
    public void replied(
        IpAddress from, int identifier, int sequence, int bytes, int ttl, boolean intact) {
      throw new AssertionError("nobody answered");
    }

    @Override
    public void failed(IpAddress to, int identifier, int sequence, Unreachable what) {
      assertThat(what).isEqualTo(Unreachable.NEIGHBOUR);
      assertThat(to).isEqualTo(PEER);
      sequences.add(sequence);
    }
  }
}
