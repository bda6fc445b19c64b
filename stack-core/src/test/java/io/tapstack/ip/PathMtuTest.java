package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.base.Result;
import io.tapstack.link.Packet;
import io.tapstack.udp.Udp;
import io.tapstack.udp.UdpSocket;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpPayload;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.UdpDatagram;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** "Too big" messages as IP and UDP take them: RFC 1191, RFC 8201, RFC 5927 section 7. */
class PathMtuTest {
  private static final int PORT = 4000;
  private static final IpAddress ROUTER = IpAddress.parse("192.0.2.9");
  private static final IpAddress ROUTER_6 = IpAddress.parse("2001:db8::9");

  private final TestHost host = TestHost.acquainted();
  private final Udp udp = new Udp(host.ip, host.pool, host.random);
  private final List<String> heard = new ArrayList<>();
  private UdpSocket socket;

  @BeforeEach
  void open() {
    host.ip.register(IpProtocol.UDP, udp);
    socket = udp.bind(IpAddress.ANY_V6, PORT, () -> {});
  }

  @AfterEach
  void givesPacketsBack() {
    socket.close();
    host.hasAllPacketsBack();
  }

  private static Bytes quote(IpAddress from, IpAddress to, IpPayload payload, int length) {
    IpPacket packet = IpPacket.of(from, to, payload);
    ByteBuffer buffer = ByteBuffer.allocate(packet.length());
    packet.write(buffer, 0);
    return Bytes.of(buffer.array()).slice(0, Math.min(length, packet.length()));
  }

  private void tooBigV4(int nextHopMtu, Bytes quote) {
    host.receives(ROUTER, US, new IcmpMessage(IpProtocol.ICMPV4, 3, 4, nextHopMtu, quote));
  }

  private void tooBigV6(int mtu, Bytes quote) {
    host.receives(ROUTER_6, US_6, new IcmpMessage(IpProtocol.ICMPV6, 2, 0, mtu, quote));
  }

  private static Bytes datagramV6(int port, int length) {
    return quote(US_6, PEER_6, new UdpDatagram(port, 53, Bytes.pattern(0, length)), 1200);
  }

  private Result send(UdpSocket from, IpAddress to, int length) {
    byte[] payload = Bytes.pattern(0, length).toArray();
    return from.send(ByteBuffer.wrap(payload), 0, length, to, 53);
  }

  /** The lengths of the IP packets that were sent. */
  private List<Integer> sent() {
    List<Integer> lengths = new ArrayList<>();
    for (EthernetFrame frame : host.wire.sent) {
      lengths.add(frame.payload().length());
    }
    host.wire.sent.clear();
    return lengths;
  }

  private final class Listener implements IpTransport {
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
      heard.add(what.name());
    }

    @Override
    public void packetTooBig(
        int mtu,
        int size,
        long localHigh,
        long localLow,
        long remoteHigh,
        long remoteLow,
        ByteBuffer quoted,
        int offset,
        int length) {
      heard.add(mtu + " for " + size);
    }
  }

  // ---- what the messages say ----

  /** Proves: RFC 1191 3; attack 44 */
  @Test
  void theNextHopMtuIsToldToTheTransportButNeverLessThanTheFloor() {
    host.ip.register(IpProtocol.UDP, new Listener());
    Bytes quote = quote(US, PEER, new UdpDatagram(PORT, 53, Bytes.pattern(0, 1472)), 28);
    for (int mtu : new int[] {1499, 1280, 552, 551, 68, 1, 0x7fff_0000 | 1400}) {
      tooBigV4(mtu, quote); // only the low 16 bits are the MTU
    }
    assertThat(heard)
        .containsExactly(
            "1499 for 1500",
            "1280 for 1500",
            "552 for 1500",
            "552 for 1500",
            "552 for 1500",
            "552 for 1500",
            "1400 for 1500");
  }

  /** Proves: RFC 1191 5 */
  @Test
  void aRouterThatSaysNoMtuMeansTheNextPlateau() {
    host.ip.register(IpProtocol.UDP, new Listener());
    host.ip.minPathMtuV4(68);
    for (int size : new int[] {65_535, 9000, 1500, 1492, 1006, 508, 296, 68, 28}) {
      Bytes quote = quote(US, PEER, new UdpDatagram(PORT, 53, Bytes.pattern(0, size - 28)), 28);
      tooBigV4(0, quote);
    }
    assertThat(heard)
        .containsExactly(
            "32000 for 65535",
            "8166 for 9000",
            "1492 for 1500",
            "1006 for 1492",
            "508 for 1006",
            "296 for 508",
            "68 for 296",
            "68 for 68",
            "68 for 28");
  }

  /** Proves: RFC 8201 4; attack 44 */
  @Test
  void aPacketTooBigBelowTheLeastMtuOfIpv6IsDiscarded() {
    host.ip.register(IpProtocol.UDP, new Listener());
    for (int mtu : new int[] {0, 68, 1279, 1280, 1400, -1}) {
      tooBigV6(mtu, datagramV6(PORT, 1400));
    }
    assertThat(heard)
        .containsExactly("1280 for 1448", "1400 for 1448", Integer.MAX_VALUE + " for 1448");
    assertThat(host.dropped(IpDrop.ICMP_BAD_QUOTE)).isEqualTo(3);
    assertThat(host.iface.counters().icmpErrorsIn()).isEqualTo(3);
  }

  @Test
  void theFloorIsAnMtuThatLinksHave() {
    host.ip.minPathMtuV4(1500);
    for (int mtu : new int[] {67, 1501}) {
      assertThatThrownBy(() -> host.ip.minPathMtuV4(mtu))
          .hasMessageContaining("expected 68 to 1500");
    }
  }

  // ---- what is done about them ----

  @Test
  void whatTcpLearnedIsTheMtuToADestination() {
    assertThat(host.ip.mtuTo(0, PEER.low())).isEqualTo(1500);
    host.ip.streamPaths().lower(0, PEER.low(), 0, 1300);
    assertThat(host.ip.mtuTo(0, PEER.low())).isEqualTo(1300);
    assertThat(host.ip.linkMtuTo(0, PEER.low())).isEqualTo(1500);
    assertThat(host.ip.mtuTo(0, US.low())).as("ourselves").isEqualTo(1500);
    host.after(600);
    assertThat(host.ip.mtuTo(0, PEER.low())).isEqualTo(1500);
  }

  /** Proves: RFC 8201 4 */
  @Test
  void datagramsAreCutToThePathAfterAPacketTooBig() {
    send(socket, PEER_6, 1452);
    assertThat(sent()).containsExactly(1500);
    tooBigV6(1400, datagramV6(PORT, 1452));
    assertThat(socket.error()).isEqualTo(Result.TOO_LARGE);
    send(socket, PEER_6, 1452);
    assertThat(sent()).containsExactly(1400, 156);
    send(socket, PEER_6, 1400 - 48);
    assertThat(sent()).containsExactly(1400);
    host.after(600);
    host.meets(PEER_6, TestHost.PEER_MAC); // forgotten meanwhile
    sent();
    send(socket, PEER_6, 1452);
    assertThat(sent()).containsExactly(1500);
  }

  @Test
  void datagramsHeedWhatTcpLearnedInBothVersions() {
    host.ip.streamPaths().lower(0, PEER.low(), 0, 1300);
    host.ip.streamPaths().lower(PEER_6.high(), PEER_6.low(), 0, 1300);
    send(socket, PEER, 1472);
    assertThat(sent()).containsExactly(1300, 220);
    send(socket, PEER_6, 1452);
    assertThat(sent()).containsExactly(1296, 260);
  }

  @Test
  void ipv4DatagramsMayBeCutOnTheWaySoAMessageAboutThemTeachesNothing() {
    tooBigV4(600, quote(US, PEER, new UdpDatagram(PORT, 53, Bytes.pattern(0, 1472)), 28));
    assertThat(socket.error()).isEqualTo(Result.TOO_LARGE);
    assertThat(host.ip.datagramPaths().size()).isZero();
    send(socket, PEER, 1472);
    Ipv4Packet packet = (Ipv4Packet) host.wire.sent.getFirst().payload();
    assertThat(packet.fragmentWord()).isZero();
    assertThat(sent()).containsExactly(1500);
  }

  /** Proves: RFC 8899 4.6 */
  @Test
  void aMessageAboutADatagramThatWouldHaveFitIsNotBelieved() {
    tooBigV6(1400, datagramV6(PORT, 1400 - 48));
    tooBigV6(0x7fff_ffff, datagramV6(PORT, 1452));
    assertThat(socket.error()).isEqualTo(Result.OK);
    assertThat(host.ip.datagramPaths().size()).isZero();
  }

  /**
   * Somebody who talks with a socket of ours guesses another one's port. Whether he hit one, he
   * could see only in what we send to him: nothing there changes.
   *
   * <p>Proves: attack 17
   */
  @Test
  void whetherAGuessedPortHasASocketDoesNotShow() {
    UdpSocket secret = udp.bind(IpAddress.ANY_V6, 5353, () -> {});
    List<List<Integer>> shown = new ArrayList<>();
    for (int guess : new int[] {5352, 5353}) {
      tooBigV6(1280, datagramV6(guess, 1452));
      host.sendsNothing();
      send(socket, PEER_6, 1452);
      host.receives(PEER_6, US_6, IcmpMessage.echoV6(1, 2, Bytes.pattern(0, 1452)));
      shown.add(sent());
    }
    assertThat(secret.error()).as("it did hit").isEqualTo(Result.TOO_LARGE);
    assertThat(shown.get(1)).isEqualTo(shown.get(0)).containsExactly(1500, 1500);
    secret.close();
  }

  /** Proves: attack 48 */
  @Test
  void aMessageThatQuotesAnEchoChangesNothing() {
    for (int type : new int[] {128, 129}) {
      IcmpMessage echo = new IcmpMessage(IpProtocol.ICMPV6, type, 0, 7, Bytes.pattern(0, 1452));
      tooBigV6(1280, quote(US_6, PEER_6, echo, 1200));
    }
    IcmpMessage echo = new IcmpMessage(IpProtocol.ICMPV4, 0, 0, 7, Bytes.pattern(0, 1472));
    tooBigV4(600, quote(US, PEER, echo, 28));
    assertThat(host.ip.streamPaths().size() + host.ip.datagramPaths().size()).isZero();
    assertThat(host.ip.mtuTo(PEER_6.high(), PEER_6.low())).isEqualTo(1500);
    assertThat(host.ip.mtuTo(0, PEER.low())).isEqualTo(1500);
  }

  /** Proves: attack 48 */
  @Test
  void anEchoReplyDoesNotShowWhatIsKnownOfThePath() {
    host.ip.streamPaths().lower(0, PEER.low(), 0, 600);
    host.ip.streamPaths().lower(PEER_6.high(), PEER_6.low(), 0, 1280);
    host.receives(PEER, US, IcmpMessage.echoV4(1, 2, Bytes.pattern(0, 1472)));
    host.receives(PEER_6, US_6, IcmpMessage.echoV6(1, 2, Bytes.pattern(0, 1452)));
    assertThat(sent()).containsExactly(1500, 1500);
  }

  /** Proves: attack 45 */
  @Test
  void messagesAboutDatagramsDoNotTakeTheRoomOfTcp() {
    host.ip.streamPaths().lower(PEER_6.high(), PEER_6.low(), 0, 1300);
    for (int i = 0; i < 3 * PathMtuCache.CAPACITY; i++) {
      IpAddress somebody = new IpAddress(PEER_6.high(), 0x1_0000L + i);
      tooBigV6(
          1280, quote(US_6, somebody, new UdpDatagram(PORT, 53, Bytes.pattern(0, 1452)), 1200));
    }
    assertThat(host.ip.datagramPaths().size()).isEqualTo(PathMtuCache.CAPACITY);
    assertThat(host.ip.mtuTo(PEER_6.high(), PEER_6.low())).isEqualTo(1300);
    assertThat(send(socket, PEER_6, 1000)).isEqualTo(Result.OK);
    assertThat(sent()).containsExactly(1048);
  }
}
