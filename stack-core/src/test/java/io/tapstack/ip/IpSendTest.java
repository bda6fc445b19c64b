package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_6;
import static io.tapstack.ip.TestHost.US_LINK_LOCAL;
import static io.tapstack.ip.TestHost.US_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.Mac;
import io.tapstack.wire.UdpDatagram;
import io.tapstack.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Output: headers, routes, source addresses, MTU, groups, and packets to ourselves. */
class IpSendTest {
  private final TestHost host = TestHost.acquainted();

  @AfterEach
  void givesPacketsBack() {
    host.hasAllPacketsBack();
  }

  private Result send(IpAddress from, IpAddress to, int protocol, Bytes transport) {
    Packet packet = host.packet(transport);
    int start = packet.start;
    Result result =
        host.ip.send(packet, from.high(), from.low(), to.high(), to.low(), protocol, 0x12, 33);
    assertThat(packet.start).isEqualTo(start);
    packet.release();
    return result;
  }

  @Test
  void writesTheIpv4Header() {
    assertThat(send(US, PEER, 200, Bytes.of("abc"))).isEqualTo(Result.OK);
    Ipv4Packet packet = (Ipv4Packet) host.wire.sent.removeFirst().payload();
    assertThat(packet.trafficClass()).isEqualTo(0x12);
    assertThat(packet.ttl()).isEqualTo(33);
    assertThat(packet.fragmentWord()).isZero();
    assertThat(packet.length()).isEqualTo(23);
    // RFC 6864: TCP may not be cut, so it needs no identification; others get random ones.
    send(US, PEER, IpProtocol.TCP, Bytes.pattern(0, 20));
    Ipv4Packet tcp = (Ipv4Packet) host.wire.sent.removeFirst().payload();
    assertThat(tcp.fragmentWord()).isEqualTo(Ipv4Header.DONT_FRAGMENT);
    assertThat(tcp.identification()).isZero();
    Set<Integer> identifications = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      send(US, PEER, 200, Bytes.of("abc"));
      identifications.add(((Ipv4Packet) host.wire.sent.removeFirst().payload()).identification());
    }
    assertThat(identifications).hasSizeGreaterThan(15);
  }

  @Test
  void writesTheIpv6HeaderWithOneLabelPerFlow() {
    Bytes one = Bytes.ofHex("1111222200080000");
    Bytes other = Bytes.ofHex("1111222300080000");
    send(US_6, PEER_6, IpProtocol.UDP, one);
    send(US_6, PEER_6, IpProtocol.UDP, one);
    send(US_6, PEER_6, IpProtocol.UDP, other);
    List<Integer> labels = new ArrayList<>();
    for (EthernetFrame frame : host.wire.sent) {
      Ipv6Packet packet = (Ipv6Packet) frame.payload();
      assertThat(packet.trafficClass()).isEqualTo(0x12);
      assertThat(packet.ttl()).isEqualTo(33);
      labels.add(packet.flowLabel());
    }
    assertThat(labels.get(0)).isNotZero().isEqualTo(labels.get(1)).isNotEqualTo(labels.get(2));
  }

  @Test
  void completesPartialChecksumsOverGatheredRuns() {
    Packet packet = Objects.requireNonNull(host.pool.acquire());
    Bytes payload = Bytes.pattern(3, 1001);
    ByteBuffer ring = ByteBuffer.allocateDirect(2048);
    payload.slice(0, 333).write(ring, 2048 - 333);
    payload.slice(333, 1001).write(ring, 0);
    int total = UdpHeader.LENGTH + payload.length();
    packet.end = packet.start + UdpHeader.LENGTH;
    UdpHeader.write(packet.buffer, packet.start, 1000, 2000, total);
    UdpHeader.setChecksum(
        packet.buffer,
        packet.start,
        InternetChecksum.fold(
            InternetChecksum.pseudoHeader(0, US.low(), 0, PEER.low(), IpProtocol.UDP, total)));
    packet.checksumStart = packet.start;
    packet.checksumOffset = UdpHeader.CHECKSUM;
    packet.gather(ring, 2048 - 333, 333, 0, 668);
    host.ip.send(packet, 0, US.low(), 0, PEER.low(), IpProtocol.UDP, 0, 64);
    packet.release();
    // The record would not have parsed with a wrong checksum.
    assertThat(((Ipv4Packet) host.wire.sent.removeFirst().payload()).payload())
        .isEqualTo(new UdpDatagram(1000, 2000, payload));
  }

  @Test
  void keepsPartialChecksumsOfPacketsThatWait() {
    IpAddress stranger = IpAddress.parse("10.0.0.77");
    Packet packet = Objects.requireNonNull(host.pool.acquire());
    ByteBuffer ring = ByteBuffer.allocateDirect(64);
    Bytes.of("gathered").write(ring, 5);
    packet.end = packet.start + UdpHeader.LENGTH;
    UdpHeader.write(packet.buffer, packet.start, 1000, 2000, 16);
    UdpHeader.setChecksum(
        packet.buffer,
        packet.start,
        InternetChecksum.fold(
            InternetChecksum.pseudoHeader(0, US.low(), 0, stranger.low(), IpProtocol.UDP, 16)));
    packet.checksumStart = packet.start;
    packet.checksumOffset = UdpHeader.CHECKSUM;
    packet.gather(ring, 5, 8, 0, 0);
    host.ip.send(packet, 0, US.low(), 0, stranger.low(), IpProtocol.UDP, 0, 64);
    packet.release();
    Bytes.of("changed!").write(ring, 5);
    host.sends("arp who-has 10.0.0.77 tell 10.0.0.2");
    host.meets(stranger, 0x0200_0000_0077L);
    // meets() takes the answer to the question away, which comes last.
    assertThat(((Ipv4Packet) host.wire.sent.removeFirst().payload()).payload())
        .isEqualTo(new UdpDatagram(1000, 2000, Bytes.of("gathered")));
  }

  @Test
  void saysWhatDoesNotFit() {
    int tcp = IpProtocol.TCP;
    assertThat(send(US, PEER, tcp, Bytes.pattern(0, 1480))).isEqualTo(Result.OK);
    assertThat(send(US, PEER, tcp, Bytes.pattern(0, 1481))).isEqualTo(Result.TOO_LARGE);
    assertThat(send(US_6, PEER_6, tcp, Bytes.pattern(0, 1460))).isEqualTo(Result.OK);
    assertThat(send(US_6, PEER_6, tcp, Bytes.pattern(0, 1461))).isEqualTo(Result.TOO_LARGE);
    assertThat(host.dropped(IpDrop.TOO_LARGE)).isEqualTo(2);
    assertThat(host.ip.mtuTo(PEER.high(), PEER.low())).isEqualTo(1500);
  }

  @Test
  void saysWhereNoRouteLeads() {
    TestHost bare = new TestHost(1, 16, 2048);
    bare.iface.addAddress(US, 24);
    IpAddress far = IpAddress.parse("192.0.2.1");
    Packet packet = bare.packet(Bytes.of("x"));
    assertThat(bare.ip.send(packet, 0, US.low(), 0, far.low(), 200, 0, 64))
        .isEqualTo(Result.NO_ROUTE);
    assertThat(bare.ip.send(packet, 0, US.low(), PEER_6.high(), PEER_6.low(), 200, 0, 64))
        .isEqualTo(Result.INVALID);
    assertThat(bare.ip.send(packet, 0, US.low(), 0, IpAddress.ANY_V4.low(), 200, 0, 64))
        .isEqualTo(Result.INVALID);
    packet.release();
    assertThat(bare.ip.noRoute()).isEqualTo(1);
    assertThat(bare.ip.mtuTo(0, far.low())).isZero();
    assertThat(bare.ip.selectSource(far)).isNull();
    assertThat(bare.ip.selectSource(PEER_6)).isNull();
    bare.hasAllPacketsBack();
  }

  @Test
  void saysThatTheDeviceIsFull() {
    host.wire.up = false;
    assertThat(send(US, PEER, 200, Bytes.of("x"))).isEqualTo(Result.LIMIT);
    assertThat(host.dropped(IpDrop.DEVICE)).isEqualTo(1);
  }

  @Test
  void sendsToGroupsWithoutAsking() {
    record Case(IpAddress from, String to, long mac) {}
    for (Case each :
        List.of(
            new Case(US, "255.255.255.255", Mac.BROADCAST),
            new Case(US, "10.0.0.255", Mac.BROADCAST),
            new Case(US, "239.129.2.3", 0x0100_5e01_0203L),
            new Case(US_LINK_LOCAL, "ff02::1:2", 0x3333_0001_0002L))) {
      assertThat(send(each.from, IpAddress.parse(each.to), 200, Bytes.of("x")))
          .isEqualTo(Result.OK);
      assertThat(host.wire.sent.removeFirst().destination()).isEqualTo(each.mac);
    }
    host.sendsNothing();
  }

  @Test
  void selectsTheSource() {
    assertThat(host.ip.selectSource(PEER)).isEqualTo(US);
    assertThat(host.ip.selectSource(IpAddress.parse("192.0.2.1"))).isEqualTo(US);
    assertThat(host.ip.selectSource(IpAddress.BROADCAST_V4)).isEqualTo(US);
    assertThat(host.ip.selectSource(IpAddress.parse("224.0.0.251"))).isEqualTo(US);
    assertThat(host.ip.selectSource(US)).isEqualTo(US);
    assertThat(host.ip.selectSource(IpAddress.parse("127.0.0.1")))
        .isEqualTo(IpAddress.parse("127.0.0.1"));
    assertThat(host.ip.selectSource(IpAddress.ANY_V4)).isNull();
    assertThat(host.ip.selectSource(PEER_6)).isEqualTo(US_6);
    assertThat(host.ip.selectSource(IpAddress.parse("2001:db8::1"))).isEqualTo(US_6);
    assertThat(host.ip.selectSource(IpAddress.parse("fe80::9"))).isEqualTo(US_LINK_LOCAL);
    assertThat(host.ip.selectSource(IpAddress.parse("ff02::fb"))).isEqualTo(US_LINK_LOCAL);
    assertThat(host.ip.selectSource(IpAddress.parse("ff0e::1"))).isEqualTo(US_6);
    // Of several, the one nearest to where the packet goes first.
    host.iface.addAddress(IpAddress.parse("10.9.9.9"), 24);
    host.iface.addAddress(IpAddress.parse("2001:db8:1::1"), 64);
    assertThat(host.ip.selectSource(IpAddress.parse("192.0.2.1"))).isEqualTo(US);
    assertThat(host.ip.selectSource(IpAddress.parse("10.9.9.1")))
        .isEqualTo(IpAddress.parse("10.9.9.9"));
    assertThat(host.ip.selectSource(IpAddress.parse("2001:db8::1")))
        .isEqualTo(IpAddress.parse("2001:db8:1::1"));
  }

  @Test
  void doesNotSendBeyondTheLinkFromALinkLocalAddress() {
    TestHost bare = new TestHost(1, 16, 2048);
    bare.iface.addLinkLocal();
    bare.ip.routes().addDefault(IpAddress.parse("fe80::1"), bare.iface);
    assertThat(bare.ip.selectSource(IpAddress.parse("2001:db8::1"))).isNull();
    assertThat(bare.ip.selectSource(IpAddress.parse("fe80::7"))).isEqualTo(US_LINK_LOCAL);
  }

  @Test
  void refusesAddressesThatNoHostHas() {
    for (String address :
        List.of(
            "0.0.0.0",
            "0.1.2.3",
            "127.0.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "ff02::1")) {
      IpAddress parsed = IpAddress.parse(address);
      assertThat(host.iface.addAddress(parsed, parsed.bits()))
          .as(address)
          .isEqualTo(Result.INVALID);
    }
    assertThat(host.iface.addAddress(PEER, 33)).isEqualTo(Result.INVALID);
    assertThat(host.iface.addAddress(PEER_6, 129)).isEqualTo(Result.INVALID);
    assertThat(host.iface.addAddress(US, 24)).isEqualTo(Result.ADDRESS_IN_USE);
  }

  @Test
  void limitsAddresses() {
    Result last = Result.OK;
    int added = 0;
    for (int i = 0; i < 100 && last == Result.OK; i++) {
      last = host.iface.addAddress(IpAddress.ofV4(0x0a00_0010 + i), 24);
      added++;
    }
    assertThat(last).isEqualTo(Result.LIMIT);
    assertThat(host.iface.addresses()).hasSize(AddressTable.MAX).hasSize(added - 1 + 3);
  }

  @Test
  void removesARouteWithItsLastAddress() {
    IpAddress second = IpAddress.parse("10.0.0.9");
    host.iface.addAddress(second, 24);
    assertThat(host.iface.removeAddress(US)).isTrue();
    assertThat(host.iface.removeAddress(US)).isFalse();
    assertThat(host.ip.isLocal(US.high(), US.low())).isFalse();
    assertThat(host.ip.selectSource(PEER)).isEqualTo(second);
    host.iface.removeAddress(second);
    assertThat(host.ip.routes().routes()).noneMatch(r -> r.network().isV4() && r.gateway() == null);
  }

  // ---- to ourselves ----

  @Test
  void answersItselfThroughAQueue() {
    List<String> heard = new ArrayList<>();
    host.ip
        .echo()
        .listener(
            new EchoListener() {
              @Override
              public void replied(
                  IpAddress from, int identifier, int sequence, int bytes, int ttl, boolean ok) {
                heard.add(from + " " + sequence + " " + ok);
              }

              @Override
              public void failed(IpAddress to, int identifier, int sequence, Unreachable what) {
                throw new AssertionError(what);
              }
            });
    for (String ours : List.of("10.0.0.2", "fd77::2", "127.0.0.1", "::1")) {
      assertThat(host.ip.echo().send(IpAddress.parse(ours), 1, 2, 3)).isEqualTo(Result.OK);
      assertThat(heard).as("nothing happens by recursion").isEmpty();
      assertThat(host.ip.deliverLooped()).as("the request").isTrue();
      assertThat(host.ip.deliverLooped()).as("the reply").isTrue();
      assertThat(host.ip.deliverLooped()).isFalse();
      assertThat(host.ip.hasLooped()).isFalse();
      assertThat(heard).containsExactly(ours + " 2 true");
      heard.clear();
    }
    host.sendsNothing();
  }

  @Test
  void boundsWhatItSendsToItself() {
    TestHost large = new TestHost(1, 1024, 512);
    large.iface.addAddress(US, 24);
    int ok = 0;
    for (int i = 0; i < 400; i++) {
      ok += large.ip.echo().send(US, 1, i, 3) == Result.OK ? 1 : 0;
    }
    assertThat(ok).isEqualTo(LoopQueue.MAX);
    assertThat(large.ip.loopDropped()).isEqualTo(400 - ok);
    while (large.ip.deliverLooped()) {
      large.after(0.001);
    }
    large.hasAllPacketsBack();
  }

  @Test
  void dropsLoopedPacketsOfARemovedAddress() {
    host.ip.echo().send(US, 1, 2, 3);
    host.iface.removeAddress(US);
    assertThat(host.ip.deliverLooped()).isTrue();
    assertThat(host.ip.hasLooped()).isFalse();
  }

  // ---- two links ----

  @Test
  void choosesTheInterfaceByRouteAndForLinkLocalBySource() {
    TestHost.Wire second = new TestHost.Wire("test1", US_MAC + 0x100);
    IpInterface other = host.ip.attach(second);
    other.addAddress(IpAddress.parse("172.16.0.2"), 16);
    other.addAddress(IpAddress.parse("fd88::2"), 64);
    assertThat(host.ip.echo().send(IpAddress.parse("172.16.3.4"), 1, 2, 3)).isEqualTo(Result.OK);
    assertThat(second.sent.removeFirst()).hasToString("arp who-has 172.16.3.4 tell 172.16.0.2");
    IpAddress ours = Objects.requireNonNull(other.linkLocal());
    assertThat(send(ours, IpAddress.parse("fe80::9"), 200, Bytes.of("x"))).isEqualTo(Result.OK);
    assertThat(second.sent.removeFirst())
        .hasToString(ours + " > ff02::1:ff00:9 icmp6 who-has fe80::9");
    host.sendsNothing();
    // A packet to the other interface's link-local address is not ours here.
    host.receives(IpAddress.parse("fe80::1"), ours, IcmpMessage.echoV6(1, 2, Bytes.EMPTY));
    assertThat(host.dropped(IpDrop.NOT_OURS)).isEqualTo(1);
    host.after(3);
  }
}
