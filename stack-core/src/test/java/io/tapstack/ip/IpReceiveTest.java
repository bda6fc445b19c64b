package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.PEER_MAC;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_6;
import static io.tapstack.ip.TestHost.US_LINK_LOCAL;
import static io.tapstack.ip.TestHost.US_MAC;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.FramePayload;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Mac;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which frames get to a transport, in which shape, and why the others do not. */
class IpReceiveTest {
  private static final IpPayload PAYLOAD = new Unparsed(200, Bytes.of("payload"), "");

  private final TestHost host = TestHost.usual();
  private final List<String> received = new ArrayList<>();

  @BeforeEach
  void listen() {
    host.ip.register(
        200,
        new IpTransport() {
          @Override
          public void receive(IpInterface iface, Packet packet) {
            received.add(
                new IpAddress(packet.sourceHigh, packet.sourceLow)
                    + " > "
                    + new IpAddress(packet.destinationHigh, packet.destinationLow)
                    + (packet.linkGroup ? " group " : " ")
                    + new String(
                        Bytes.copyOf(packet.buffer, packet.start, packet.length()).toArray(),
                        US_ASCII));
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
            throw new AssertionError("nothing was sent");
          }
        });
  }

  @AfterEach
  void staysSilentAndGivesPacketsBack() {
    host.sendsNothing();
    host.hasAllPacketsBack();
  }

  private void receives(long mac, String from, String to) {
    host.receives(
        new EthernetFrame(
            mac, PEER_MAC, IpPacket.of(IpAddress.parse(from), IpAddress.parse(to), PAYLOAD)));
  }

  private void isDropped(IpDrop why) {
    assertThat(received).isEmpty();
    assertThat(host.dropped(why)).as("%s", why).isEqualTo(1);
    assertThat(host.iface.counters().dropped()).isEqualTo(1);
  }

  @Test
  void deliversToOurAddresses() {
    receives(US_MAC, "10.0.0.1", "10.0.0.2");
    receives(US_MAC, "192.0.2.77", "10.0.0.2");
    receives(US_MAC, "fd77::1", "fd77::2");
    receives(US_MAC, "fe80::1", US_LINK_LOCAL.toString());
    assertThat(received)
        .containsExactly(
            "10.0.0.1 > 10.0.0.2 payload",
            "192.0.2.77 > 10.0.0.2 payload",
            "fd77::1 > fd77::2 payload",
            "fe80::1 > fe80::ff:fe00:2 payload");
    assertThat(host.iface.counters().delivered()).isEqualTo(4);
    assertThat(host.iface.counters().framesIn()).isEqualTo(4);
  }

  @Test
  void deliversToOurGroups() {
    receives(Mac.BROADCAST, "10.0.0.1", "10.0.0.255");
    receives(Mac.BROADCAST, "10.0.0.1", "255.255.255.255");
    receives(Mac.BROADCAST, "10.0.0.1", "10.0.0.0");
    receives(Mac.BROADCAST, "0.0.0.0", "255.255.255.255");
    receives(0x0100_5e00_0001L, "10.0.0.1", "224.0.0.1");
    receives(0x3333_0000_0001L, "fe80::1", "ff02::1");
    receives(0x3333_ff00_0002L, "::", "ff02::1:ff00:2");
    assertThat(received)
        .containsExactly(
            "10.0.0.1 > 10.0.0.255 group payload",
            "10.0.0.1 > 255.255.255.255 group payload",
            "10.0.0.1 > 10.0.0.0 group payload",
            "0.0.0.0 > 255.255.255.255 group payload",
            "10.0.0.1 > 224.0.0.1 group payload",
            "fe80::1 > ff02::1 group payload",
            ":: > ff02::1:ff00:2 group payload");
  }

  // Proves: attack 79
  @Test
  void trimsEthernetPadding() {
    for (IpPacket packet :
        List.of(IpPacket.of(PEER, US, PAYLOAD), IpPacket.of(PEER_6, US_6, PAYLOAD))) {
      host.receives(
          new EthernetFrame(US_MAC, PEER_MAC, packet).toBytes().plus(Bytes.of(new byte[30])));
    }
    assertThat(received)
        .containsExactly("10.0.0.1 > 10.0.0.2 payload", "fd77::1 > fd77::2 payload");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.2", // ours: LAND
        "10.0.0.255",
        "10.0.0.0",
        "255.255.255.255",
        "224.0.0.5",
        "127.0.0.1",
        "0.0.0.0", // only to a broadcast
        "0.1.2.3",
        "240.0.0.1"
      })
  void dropsSourcesThatCannotBe(String source) {
    receives(US_MAC, source, "10.0.0.2");
    isDropped(IpDrop.BAD_SOURCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fd77::2", "fe80::ff:fe00:2", "ff02::1", "ff0e::5", "::1", "::"})
  void dropsSourcesThatCannotBeInIpv6(String source) {
    receives(US_MAC, source, "fd77::2");
    isDropped(IpDrop.BAD_SOURCE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.3",
        "192.0.2.1",
        "127.0.0.1",
        "0.0.0.0",
        "224.0.0.251",
        "10.0.1.255",
        "10.255.255.255"
      })
  void neverForwards(String destination) {
    receives(US_MAC, "10.0.0.1", destination);
    isDropped(IpDrop.NOT_OURS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"fd77::3", "2001:db8::1", "::1", "::", "ff02::2", "ff02::1:ff00:3", "ff05::1"})
  void neverForwardsInIpv6(String destination) {
    receives(US_MAC, "fd77::1", destination);
    isDropped(IpDrop.NOT_OURS);
  }

  @Test
  void ipv6CarriesNoMappedAddresses() {
    // They would pass for IPv4 above this layer.
    host.receives(new Ipv6PacketBytes(PEER, US_6, 64, 200).with(Bytes.of("x")));
    isDropped(IpDrop.BAD_SOURCE);
    host.receives(new Ipv6PacketBytes(PEER_6, US, 64, 200).with(Bytes.of("x")));
    assertThat(host.dropped(IpDrop.NOT_OURS)).isEqualTo(1);
    assertThat(received).isEmpty();
  }

  @Test
  void dropsUnicastPacketsInGroupFrames() {
    receives(Mac.BROADCAST, "10.0.0.1", "10.0.0.2");
    isDropped(IpDrop.LINK_GROUP);
    receives(0x3333_0000_0001L, "fd77::1", "fd77::2");
    assertThat(host.dropped(IpDrop.LINK_GROUP)).isEqualTo(2);
  }

  @Test
  void dropsFramesForOthers() {
    receives(0x0200_0000_0009L, "10.0.0.1", "10.0.0.2");
    isDropped(IpDrop.OTHER_STATION);
  }

  @Test
  void dropsFramesFromGroups() {
    host.receives(new EthernetFrame(US_MAC, 0x0300_0000_0001L, IpPacket.of(PEER, US, PAYLOAD)));
    isDropped(IpDrop.BAD_MAC);
  }

  @Test
  void dropsRunts() {
    Bytes frame = new EthernetFrame(US_MAC, PEER_MAC, IpPacket.of(PEER, US, PAYLOAD)).toBytes();
    for (int length = 0; length < 14; length++) {
      host.receives(frame.slice(0, length));
    }
    assertThat(host.dropped(IpDrop.RUNT)).isEqualTo(14);
    for (int length = 14; length < frame.length(); length++) {
      host.receives(frame.slice(0, length));
    }
    assertThat(host.dropped(IpDrop.MALFORMED)).isEqualTo(frame.length() - 14);
    assertThat(received).isEmpty();
  }

  @Test
  void dropsVlansLengthsAndUnknownTypes() {
    for (int type : new int[] {0x8100, 0x88a8}) {
      for (int length = 0; length < 5; length++) {
        host.receives(frame(new Unparsed(type, Bytes.pattern(0, length), "")));
      }
    }
    assertThat(host.dropped(IpDrop.VLAN)).isEqualTo(10);
    host.receives(frame(new Unparsed(0x05ff, Bytes.pattern(0, 40), "")));
    host.receives(frame(new Unparsed(0, Bytes.pattern(0, 40), "")));
    assertThat(host.dropped(IpDrop.LENGTH_FIELD)).isEqualTo(2);
    host.receives(frame(new Unparsed(0x0600, Bytes.pattern(0, 40), "")));
    host.receives(frame(new Unparsed(0x88cc, Bytes.pattern(0, 40), "")));
    assertThat(host.dropped(IpDrop.UNKNOWN_ETHERTYPE)).isEqualTo(2);
  }

  private static EthernetFrame frame(FramePayload payload) {
    return new EthernetFrame(US_MAC, PEER_MAC, payload);
  }

  private void receivesWithOptions(String options) {
    host.receives(new Ipv4Packet(0, 0, 0, 64, PEER, US, Bytes.ofHex(options), PAYLOAD));
  }

  // Proves: RFC 9293 MUST-50
  @Test
  void skipsOptionsItDoesNotKnow() {
    receivesWithOptions("94040000"); // router alert
    receivesWithOptions("0101015e 02000000"); // unknown, then the end
    receivesWithOptions("00ffffff"); // whatever follows the end
    assertThat(received).hasSize(3);
  }

  @Test
  void dropsOptionsThatDoNotFitAndSourceRoutes() {
    receivesWithOptions("5e000000"); // a length of 0
    receivesWithOptions("5e010000");
    receivesWithOptions("5e050000"); // longer than the header
    receivesWithOptions("0101015e"); // no length at all
    assertThat(host.dropped(IpDrop.MALFORMED)).isEqualTo(4);
    receivesWithOptions("8303040083070400000000 01".replace(" ", ""));
    receivesWithOptions("89030400");
    assertThat(host.dropped(IpDrop.SOURCE_ROUTE)).isEqualTo(2);
    assertThat(received).isEmpty();
  }

  @Test
  void dropsBrokenIpv4Headers() {
    byte[] good = frame(IpPacket.of(PEER, US, PAYLOAD)).toBytes().toArray();
    for (int first : new int[] {0x44, 0x46, 0x4f, 0x35, 0x55, 0x05}) {
      byte[] bad = good.clone();
      bad[14] = (byte) first;
      host.receives(Bytes.of(bad));
    }
    byte[] shortTotal = good.clone();
    shortTotal[17] = 19;
    host.receives(Bytes.of(shortTotal));
    byte[] longTotal = good.clone();
    longTotal[17]++;
    host.receives(Bytes.of(longTotal));
    assertThat(host.dropped(IpDrop.MALFORMED)).isEqualTo(7);
    byte[] checksum = good.clone();
    checksum[14 + 10] ^= 1;
    host.receives(Bytes.of(checksum));
    // 0x46 takes the payload for options, so its checksum is what is wrong.
    assertThat(host.dropped(IpDrop.CHECKSUM)).isEqualTo(2);
    assertThat(received).isEmpty();
  }

  @Test
  void knowsWhatIsNoFragment() {
    host.receives(new Ipv4Packet(0, 7, 0x8000, 64, PEER, US, Bytes.EMPTY, PAYLOAD));
    assertThat(received).as("the reserved bit means nothing").hasSize(1);
  }

  @Test
  void deliversWhateverTheTtl() {
    for (int ttl : new int[] {0, 1, 255}) {
      host.receives(new Ipv4Packet(0, 7, 0, ttl, PEER, US, Bytes.EMPTY, PAYLOAD));
    }
    assertThat(received).hasSize(3);
  }

  @Test
  void anInterfaceWithoutAddressesHearsBroadcastsOnly() {
    host.iface.removeAddress(US);
    host.iface.removeAddress(US_6);
    host.iface.removeAddress(US_LINK_LOCAL);
    assertThat(host.iface.addresses()).isEmpty();
    receives(US_MAC, "10.0.0.1", "10.0.0.2");
    receives(US_MAC, "fd77::1", "fd77::2");
    receives(0x3333_0000_0001L, "fe80::1", "ff02::1");
    assertThat(received).isEmpty();
    receives(Mac.BROADCAST, "10.0.0.1", "255.255.255.255");
    assertThat(received).hasSize(1);
  }
}
