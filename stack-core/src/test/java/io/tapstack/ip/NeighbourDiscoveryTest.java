package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.PEER_MAC;
import static io.tapstack.ip.TestHost.US_6;
import static io.tapstack.ip.TestHost.US_LINK_LOCAL;
import static io.tapstack.ip.TestHost.US_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.link.NeighbourState;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6Packet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Neighbour Discovery as traces: RFC 4861 sections 7.1, 7.2 and 7.3. */
class NeighbourDiscoveryTest {
  private static final IpAddress SOLICITED_NODE = IpAddress.parse("ff02::1:ff00:2");
  private static final IpAddress ALL_NODES = IpAddress.ALL_NODES;
  private static final long SOLICITED_NODE_MAC = 0x3333_ff00_0002L;
  private static final long OTHER_MAC = 0x0200_0000_0003L;
  private static final int S = 1 << 30;
  private static final int O = 1 << 29;

  private final TestHost host = TestHost.usual();

  @AfterEach
  void givesPacketsBack() {
    host.hasAllPacketsBack();
  }

  private void receivesNd(long mac, IpAddress from, IpAddress to, int hops, IcmpMessage message) {
    host.receives(new EthernetFrame(mac, PEER_MAC, new Ipv6Packet(0, 0, hops, from, to, message)));
  }

  private void solicits(IpAddress from, IpAddress to, IcmpMessage message) {
    receivesNd(to.isMulticast() ? SOLICITED_NODE_MAC : US_MAC, from, to, 255, message);
  }

  private static IcmpMessage advertisement(IpAddress target, int flags, long mac) {
    IcmpMessage full = IcmpMessage.neighbourAdvertisement(target, mac);
    return new IcmpMessage(
        IpProtocol.ICMPV6, 136, 0, flags, mac == 0 ? full.data().slice(0, 16) : full.data());
  }

  private void advertises(int flags, long mac) {
    receivesNd(US_MAC, PEER_6, US_6, 255, advertisement(PEER_6, flags, mac));
  }

  private static IcmpMessage withoutMac(IcmpMessage message) {
    return new IcmpMessage(
        message.protocol(), message.type(), 0, message.rest(), message.data().slice(0, 16));
  }

  private @Nullable NeighbourState state() {
    return host.iface.neighbours().state(PEER_6.high(), PEER_6.low());
  }

  private void ping() {
    assertThat(host.ip.echo().send(PEER_6, 7, 1, 0)).isEqualTo(Result.OK);
  }

  private long sendsPingTo() {
    return host.sends("fd77::2 > fd77::1 icmp6 echo id 7 seq 1 len 0").destination();
  }

  @Test
  void answersASolicitationForOurAddressAndLearnsWhoAsked() {
    solicits(PEER_6, SOLICITED_NODE, IcmpMessage.neighbourSolicitation(US_6, PEER_MAC));
    EthernetFrame answer = host.sends("fd77::2 > fd77::1 icmp6 neighbour fd77::2");
    assertThat(answer.destination()).isEqualTo(PEER_MAC);
    Ipv6Packet packet = (Ipv6Packet) answer.payload();
    assertThat(packet.ttl()).isEqualTo(255);
    assertThat(packet.payload()).isEqualTo(IcmpMessage.neighbourAdvertisement(US_6, US_MAC));
    assertThat(state()).isEqualTo(NeighbourState.STALE);
  }

  @Test
  void answersForItsLinkLocalAddressToo() {
    IpAddress from = IpAddress.parse("fe80::1");
    solicits(from, SOLICITED_NODE, IcmpMessage.neighbourSolicitation(US_LINK_LOCAL, PEER_MAC));
    host.sends("fe80::ff:fe00:2 > fe80::1 icmp6 neighbour fe80::ff:fe00:2");
  }

  @Test
  void answersADuplicateAddressProbeToAllNodesWithoutTheSolicitedFlag() {
    IcmpMessage probe = withoutMac(IcmpMessage.neighbourSolicitation(US_6, 0));
    solicits(IpAddress.ANY_V6, SOLICITED_NODE, probe);
    EthernetFrame answer = host.sends("fd77::2 > ff02::1 icmp6 neighbour fd77::2");
    assertThat(answer.destination()).isEqualTo(0x3333_0000_0001L);
    IcmpMessage message = (IcmpMessage) ((Ipv6Packet) answer.payload()).payload();
    assertThat(message.rest()).isEqualTo(O);
    assertThat(host.iface.neighbours().size()).isZero();
  }

  @Test
  void asksForTheSenderOfAUnicastSolicitationWithoutMac() {
    solicits(PEER_6, US_6, withoutMac(IcmpMessage.neighbourSolicitation(US_6, 0)));
    host.sends("fd77::2 > ff02::1:ff00:1 icmp6 who-has fd77::1");
    advertises(S | O, PEER_MAC);
    host.sends("fd77::2 > fd77::1 icmp6 neighbour fd77::2");
  }

  @Test
  void ignoresSolicitationsThatFailACheck() {
    IcmpMessage good = IcmpMessage.neighbourSolicitation(US_6, PEER_MAC);
    receivesNd(SOLICITED_NODE_MAC, PEER_6, SOLICITED_NODE, 254, good); // through a router
    solicits(PEER_6, SOLICITED_NODE, new IcmpMessage(58, 135, 1, 0, good.data())); // code
    solicits(PEER_6, SOLICITED_NODE, new IcmpMessage(58, 135, 0, 0, good.data().slice(0, 15)));
    byte[] zeroOption = good.data().toArray();
    zeroOption[17] = 0;
    solicits(PEER_6, SOLICITED_NODE, new IcmpMessage(58, 135, 0, 0, Bytes.of(zeroOption)));
    byte[] longOption = good.data().toArray();
    longOption[17] = 2;
    solicits(PEER_6, SOLICITED_NODE, new IcmpMessage(58, 135, 0, 0, Bytes.of(longOption)));
    solicits(PEER_6, SOLICITED_NODE, IcmpMessage.neighbourSolicitation(ALL_NODES, PEER_MAC));
    solicits(IpAddress.ANY_V6, SOLICITED_NODE, good); // :: with a source MAC
    receivesNd(0x3333_0000_0001L, IpAddress.ANY_V6, ALL_NODES, 255, withoutMac(good));
    solicits(PEER_6, SOLICITED_NODE, IcmpMessage.neighbourSolicitation(US_6, 0x3333_0000_0001L));
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.BAD_ND)).isEqualTo(9);
    assertThat(host.iface.neighbours().size()).isZero();
  }

  @Test
  void ignoresNeighbourDiscoveryBehindAFragmentHeader() {
    IcmpMessage message = IcmpMessage.neighbourSolicitation(US_6, PEER_MAC);
    Bytes whole =
        new Ipv6PacketBytes(PEER_6, US_6, 255, 44)
            .with(Bytes.ofHex("3a00000000000001"), message, PEER_6, US_6);
    host.receives(whole);
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.BAD_ND)).isEqualTo(1);
  }

  @Test
  void staysSilentWhenSomebodyElseOfItsSolicitedNodeGroupIsMeant() {
    solicits(
        PEER_6,
        SOLICITED_NODE,
        IcmpMessage.neighbourSolicitation(IpAddress.parse("fd99::2"), PEER_MAC));
    host.sendsNothing();
  }

  @Test
  void asksThreeTimesByMulticastAndGivesUp() {
    ping();
    for (int i = 0; i < 3; i++) {
      EthernetFrame question = host.sends("fd77::2 > ff02::1:ff00:1 icmp6 who-has fd77::1");
      assertThat(question.destination()).isEqualTo(0x3333_ff00_0001L);
      assertThat(((Ipv6Packet) question.payload()).ttl()).isEqualTo(255);
      host.after(0.999);
      host.sendsNothing();
      host.after(0.001);
    }
    host.sendsNothing();
    assertThat(state()).isNull();
    assertThat(host.timers.size()).isZero();
  }

  @Test
  void sendsWhatWaitedWhenTheAnswerComes() {
    ping();
    host.sends("fd77::2 > ff02::1:ff00:1 icmp6 who-has fd77::1");
    advertises(S | O, PEER_MAC);
    assertThat(sendsPingTo()).isEqualTo(PEER_MAC);
    assertThat(state()).isEqualTo(NeighbourState.REACHABLE);
  }

  @Test
  void anUnsolicitedAnswerCompletesToStale() {
    ping();
    host.sends("fd77::2 > ff02::1:ff00:1 icmp6 who-has fd77::1");
    advertises(S, 0); // without a MAC address it says nothing
    host.sendsNothing();
    advertises(0, PEER_MAC);
    assertThat(sendsPingTo()).isEqualTo(PEER_MAC);
    assertThat(state()).as("stale, and in use").isEqualTo(NeighbourState.DELAY);
  }

  @Test
  void followsTheTableOfSection725() {
    ping();
    host.wire.sent.clear();
    advertises(S | O, PEER_MAC);
    assertThat(sendsPingTo()).isEqualTo(PEER_MAC);
    // Another MAC without override: not taken, but no longer trusted.
    advertises(S, OTHER_MAC);
    assertThat(state()).isEqualTo(NeighbourState.STALE);
    ping();
    assertThat(sendsPingTo()).isEqualTo(PEER_MAC);
    advertises(0, OTHER_MAC);
    ping();
    assertThat(sendsPingTo()).isEqualTo(PEER_MAC);
    // Solicited without a MAC, or with the same one: it is there.
    advertises(S, 0);
    assertThat(state()).isEqualTo(NeighbourState.REACHABLE);
    // Override and solicited: taken and trusted. Override alone: taken, not trusted.
    advertises(S | O, OTHER_MAC);
    assertThat(state()).isEqualTo(NeighbourState.REACHABLE);
    ping();
    assertThat(sendsPingTo()).isEqualTo(OTHER_MAC);
    host.after(2);
    advertises(O, PEER_MAC);
    assertThat(state()).isEqualTo(NeighbourState.STALE);
    ping();
    assertThat(sendsPingTo()).isEqualTo(PEER_MAC);
  }

  @Test
  void ignoresAdvertisementsThatFailACheck() {
    ping();
    host.sends("fd77::2 > ff02::1:ff00:1 icmp6 who-has fd77::1");
    receivesNd(US_MAC, PEER_6, US_6, 64, advertisement(PEER_6, S | O, PEER_MAC));
    receivesNd(0x3333_0000_0001L, PEER_6, ALL_NODES, 255, advertisement(PEER_6, S | O, PEER_MAC));
    advertises(S | O, 0xffff_ffff_ffffL);
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.BAD_ND)).isEqualTo(3);
    // Unsolicited to all nodes is right.
    receivesNd(0x3333_0000_0001L, PEER_6, ALL_NODES, 255, advertisement(PEER_6, O, PEER_MAC));
    sendsPingTo();
  }

  @Test
  void advertisementsMakeNoEntries() {
    advertises(S | O, PEER_MAC);
    assertThat(host.iface.neighbours().size()).isZero();
  }

  @Test
  void checksAStaleNeighbourByUnicast() {
    host.meets(PEER_6, PEER_MAC);
    ping();
    sendsPingTo();
    host.after(5);
    for (int i = 0; i < 3; i++) {
      EthernetFrame question = host.sends("fd77::2 > fd77::1 icmp6 who-has fd77::1");
      assertThat(question.destination()).isEqualTo(PEER_MAC);
      assertThat(state()).isEqualTo(NeighbourState.PROBE);
      host.after(1);
    }
    host.sendsNothing();
    assertThat(state()).isNull();
  }

  @Test
  void asksForALinkLocalNeighbourFromTheLinkLocalAddress() {
    host.ip.echo().send(IpAddress.parse("fe80::1"), 7, 1, 0);
    host.sends("fe80::ff:fe00:2 > ff02::1:ff00:1 icmp6 who-has fe80::1");
    host.after(3);
  }
}
