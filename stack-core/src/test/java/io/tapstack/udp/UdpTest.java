package io.tapstack.udp;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.PEER_MAC;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_6;
import static io.tapstack.ip.TestHost.US_MAC;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.base.Result;
import io.tapstack.ip.TestHost;
import io.tapstack.link.Packet;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.Mac;
import io.tapstack.wire.UdpDatagram;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** UDP sockets on a host whose wire is the test. */
class UdpTest {
  private static final IpAddress SECOND = IpAddress.parse("10.0.0.9");

  private final TestHost host = TestHost.acquainted();
  private final Udp udp = new Udp(host.ip, host.pool, host.random);
  private final List<UdpSocket> sockets = new ArrayList<>();
  private int woken;

  @BeforeEach
  void register() {
    host.ip.register(IpProtocol.UDP, udp);
  }

  @AfterEach
  void givesPacketsBack() {
    for (UdpSocket socket : sockets) {
      socket.close();
    }
    assertThat(udp.sockets()).isZero();
    assertThat(udp.waiting()).isZero();
    host.hasAllPacketsBack();
  }

  private UdpSocket bind(IpAddress local, int port) {
    UdpSocket socket = udp.bind(local, port, () -> woken++);
    sockets.add(socket);
    return socket;
  }

  private void receives(IpAddress from, IpAddress to, int port, String data) {
    host.receives(from, to, new UdpDatagram(5000, port, Bytes.of(data)));
  }

  /** The next datagram of a socket in words, or "nothing". */
  private static String next(UdpSocket socket) {
    Packet packet = socket.poll();
    if (packet == null) {
      return "nothing";
    }
    String words =
        new IpAddress(packet.sourceHigh, packet.sourceLow)
            + ":"
            + packet.sourcePort
            + " > "
            + new IpAddress(packet.destinationHigh, packet.destinationLow)
            + " "
            + new String(
                Bytes.copyOf(packet.buffer, packet.start, packet.length()).toArray(), US_ASCII);
    packet.release();
    return words;
  }

  private static Result send(UdpSocket socket, String data, IpAddress to, int port) {
    ByteBuffer payload = ByteBuffer.wrap(("__" + data).getBytes(US_ASCII));
    return socket.send(payload, 2, data.length(), to, port);
  }

  @Test
  void deliversInOrderWithSourceAndDestination() {
    UdpSocket socket = bind(IpAddress.ANY_V4, 53);
    receives(PEER, US, 53, "one");
    receives(PEER, US, 53, "");
    receives(IpAddress.parse("192.0.2.7"), US, 53, "three");
    assertThat(woken).isEqualTo(3);
    assertThat(socket.pending()).isEqualTo(3);
    assertThat(next(socket)).isEqualTo("10.0.0.1:5000 > 10.0.0.2 one");
    assertThat(next(socket)).isEqualTo("10.0.0.1:5000 > 10.0.0.2 ");
    assertThat(next(socket)).isEqualTo("192.0.2.7:5000 > 10.0.0.2 three");
    assertThat(next(socket)).isEqualTo("nothing");
  }

  @Test
  void aSocketForAnyHearsItsFamilyAndADualOneBoth() {
    UdpSocket four = bind(IpAddress.ANY_V4, 1);
    UdpSocket dual = bind(IpAddress.ANY_V6, 2);
    receives(PEER_6, US_6, 1, "not for four");
    host.sends("fd77::2 > fd77::1 icmp6 unreachable code 4 len 60");
    receives(PEER, US, 1, "four");
    receives(PEER, US, 2, "dual");
    receives(PEER_6, US_6, 2, "dual");
    assertThat(next(four)).isEqualTo("10.0.0.1:5000 > 10.0.0.2 four");
    assertThat(next(dual)).isEqualTo("10.0.0.1:5000 > 10.0.0.2 dual");
    assertThat(next(dual)).isEqualTo("fd77::1:5000 > fd77::2 dual");
  }

  @Test
  void aSpecificAddressWinsOverAny() {
    host.iface.addAddress(SECOND, 24);
    UdpSocket any = bind(IpAddress.ANY_V4, 53);
    UdpSocket specific = bind(US, 53);
    receives(PEER, US, 53, "specific");
    receives(PEER, SECOND, 53, "any");
    assertThat(next(specific)).endsWith("specific");
    assertThat(next(any)).endsWith("10.0.0.9 any");
    specific.close();
    receives(PEER, US, 53, "any now");
    assertThat(next(any)).endsWith("any now");
  }

  @Test
  void saysWhatCannotBeBound() {
    assertThat(udp.bindable(IpAddress.ANY_V4, -1)).isEqualTo(Result.INVALID);
    assertThat(udp.bindable(IpAddress.ANY_V4, 65_536)).isEqualTo(Result.INVALID);
    assertThat(udp.bindable(PEER, 53)).isEqualTo(Result.ADDRESS_NOT_LOCAL);
    bind(IpAddress.ANY_V4, 53);
    assertThat(udp.bindable(IpAddress.ANY_V4, 53)).isEqualTo(Result.ADDRESS_IN_USE);
    assertThat(udp.bindable(IpAddress.ANY_V6, 53)).isEqualTo(Result.ADDRESS_IN_USE);
    assertThat(udp.bindable(US, 53)).isEqualTo(Result.OK);
    assertThat(udp.bindable(US_6, 53)).isEqualTo(Result.OK);
    bind(US, 53);
    assertThat(udp.bindable(US, 53)).isEqualTo(Result.ADDRESS_IN_USE);
    assertThatThrownBy(() -> bind(US, 53))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cannot bind 10.0.0.2 port 53: the address and port are in use");
  }

  @Test
  void freesAPortWhenClosed() {
    UdpSocket socket = bind(US, 53);
    receives(PEER, US, 53, "left behind");
    socket.close();
    socket.close();
    assertThat(udp.bindable(US, 53)).isEqualTo(Result.OK);
    assertThat(send(socket, "x", PEER, 7)).isEqualTo(Result.CLOSED);
  }

  @Test
  void ephemeralPortsAreRandomAndFree() {
    Set<Integer> ports = new HashSet<>();
    int ordered = 0;
    int last = 0;
    for (int i = 0; i < 1000; i++) {
      int port = bind(IpAddress.ANY_V6, 0).localPort();
      assertThat(port).isBetween(1024, 65_535);
      assertThat(ports.add(port)).as("a port of its own").isTrue();
      ordered += port > last ? 1 : 0;
      last = port;
    }
    assertThat(ordered).isBetween(400, 600);
    assertThat(ports.stream().mapToInt(Integer::intValue).min().orElseThrow()).isLessThan(4000);
    assertThat(ports.stream().mapToInt(Integer::intValue).max().orElseThrow())
        .isGreaterThan(60_000);
  }

  @Test
  void aSocketForEveryPortIsRefusedAtTheLimit() {
    for (int i = 0; i < Udp.MAX_SOCKETS; i++) {
      bind(IpAddress.ANY_V4, 0);
    }
    assertThat(udp.bindable(IpAddress.ANY_V4, 0)).isEqualTo(Result.LIMIT);
  }

  // ---- sending ----

  @Test
  void sendsWithRightChecksumsInBothVersions() {
    UdpSocket dual = bind(IpAddress.ANY_V6, 1000);
    assertThat(send(dual, "hello", PEER, 7)).isEqualTo(Result.OK);
    assertThat(((Ipv4Packet) host.wire.sent.removeFirst().payload()).payload())
        .isEqualTo(new UdpDatagram(1000, 7, Bytes.of("hello")));
    assertThat(send(dual, "hello6", PEER_6, 7)).isEqualTo(Result.OK);
    assertThat(((Ipv6Packet) host.wire.sent.removeFirst().payload()).payload())
        .isEqualTo(new UdpDatagram(1000, 7, Bytes.of("hello6")));
    assertThat(send(dual, "", PEER, 7)).isEqualTo(Result.OK);
    host.sends("10.0.0.2:1000 > 10.0.0.1:7 udp len 0");
    assertThat(udp.counters().sent()).isEqualTo(3);
  }

  @Test
  void neverSendsAChecksumOfZeroOverIpv6() {
    UdpSocket socket = bind(US_6, 1000);
    // Two bytes of payload run through all checksums, the one that computes to zero included.
    for (int i = 0; i < 0x10000; i++) {
      ByteBuffer payload = ByteBuffer.allocate(2).putShort(0, (short) i);
      assertThat(socket.send(payload, 0, 2, PEER_6, 7)).isEqualTo(Result.OK);
      Ipv6Packet packet = (Ipv6Packet) host.wire.sent.removeFirst().payload();
      assertThat(packet.payload()).isInstanceOf(UdpDatagram.class);
      host.after(0.00001);
      host.ip.confirm(PEER_6.high(), PEER_6.low());
    }
  }

  @Test
  void sendsFromTheBoundAddress() {
    host.iface.addAddress(SECOND, 24);
    send(bind(SECOND, 1000), "x", PEER, 7);
    host.sends("10.0.0.9:1000 > 10.0.0.1:7 udp len 1");
  }

  @Test
  void sendsToBroadcastsAndGroups() {
    UdpSocket socket = bind(IpAddress.ANY_V4, 1000);
    for (String to : List.of("255.255.255.255", "10.0.0.255")) {
      assertThat(send(socket, "x", IpAddress.parse(to), 7)).isEqualTo(Result.OK);
      EthernetFrame frame = host.sends("10.0.0.2:1000 > " + to + ":7 udp len 1");
      assertThat(frame.destination()).isEqualTo(Mac.BROADCAST);
    }
    assertThat(send(socket, "x", IpAddress.parse("224.0.0.251"), 7)).isEqualTo(Result.OK);
    Ipv4Packet group = (Ipv4Packet) host.wire.sent.removeFirst().payload();
    assertThat(group.ttl()).as("RFC 1112 section 6.1").isEqualTo(1);
    socket.multicastTtl(9);
    socket.ttl(77);
    socket.trafficClass(0xb8);
    send(socket, "x", IpAddress.parse("224.0.0.251"), 7);
    assertThat(((Ipv4Packet) host.wire.sent.removeFirst().payload()).ttl()).isEqualTo(9);
    send(socket, "x", PEER, 7);
    Ipv4Packet unicast = (Ipv4Packet) host.wire.sent.removeFirst().payload();
    assertThat(unicast.ttl()).isEqualTo(77);
    assertThat(unicast.trafficClass()).isEqualTo(0xb8);
  }

  @Test
  void saysWhatCannotBeSent() {
    UdpSocket four = bind(IpAddress.ANY_V4, 1000);
    assertThat(send(four, "x", PEER_6, 7)).isEqualTo(Result.INVALID);
    assertThat(send(four, "x", PEER, 0)).isEqualTo(Result.INVALID);
    assertThat(send(four, "x", PEER, 65_536)).isEqualTo(Result.INVALID);
    assertThat(send(four, "x", IpAddress.ANY_V4, 7)).isEqualTo(Result.INVALID);
    assertThat(send(four, "x".repeat(1472), PEER, 7)).isEqualTo(Result.OK);
    assertThat(send(four, "x".repeat(65_507), PEER, 7)).isEqualTo(Result.OK);
    assertThat(send(four, "x".repeat(65_508), PEER, 7)).isEqualTo(Result.TOO_LARGE);
    host.ip.routes().remove(IpAddress.ANY_V4, 0, IpAddress.parse("10.0.0.254"), host.iface);
    assertThat(send(four, "x", IpAddress.parse("192.0.2.1"), 7)).isEqualTo(Result.NO_ROUTE);
    host.wire.up = false;
    assertThat(send(four, "x", PEER, 7)).isEqualTo(Result.LIMIT);
    assertThat(udp.counters().sendFailed()).isEqualTo(7);
  }

  @Test
  void talksToItself() {
    UdpSocket one = bind(IpAddress.ANY_V4, 1000);
    UdpSocket other = bind(IpAddress.ANY_V4, 2000);
    for (IpAddress to : List.of(US, IpAddress.parse("127.0.0.1"))) {
      assertThat(send(one, "ping", to, 2000)).isEqualTo(Result.OK);
      assertThat(next(other)).isEqualTo("nothing");
      host.ip.deliverLooped();
      assertThat(next(other)).isEqualTo(to + ":1000 > " + to + " ping");
    }
    host.sendsNothing();
  }

  // ---- what is dropped ----

  @Test
  void saysThatAPortIsUnreachable() {
    receives(PEER, US, 9, "nobody");
    host.sends("10.0.0.2 > 10.0.0.1 icmp unreachable code 3 len 34");
    receives(PEER_6, US_6, 9, "nobody");
    host.sends("fd77::2 > fd77::1 icmp6 unreachable code 4 len 54");
    host.receives(
        new EthernetFrame(
            Mac.BROADCAST,
            PEER_MAC,
            IpPacket.of(PEER, IpAddress.BROADCAST_V4, new UdpDatagram(1, 9, Bytes.EMPTY))));
    host.receives(
        new EthernetFrame(
            0x3333_0000_0001L,
            PEER_MAC,
            IpPacket.of(PEER_6, IpAddress.ALL_NODES, new UdpDatagram(1, 9, Bytes.EMPTY))));
    host.sendsNothing();
    assertThat(udp.counters().noSocket()).isEqualTo(4);
  }

  @Test
  void deliversBroadcastsToSocketsForAny() {
    UdpSocket any = bind(IpAddress.ANY_V4, 9);
    bind(US, 9);
    host.receives(
        new EthernetFrame(
            Mac.BROADCAST,
            PEER_MAC,
            IpPacket.of(PEER, IpAddress.BROADCAST_V4, new UdpDatagram(1, 9, Bytes.of("all")))));
    assertThat(next(any)).isEqualTo("10.0.0.1:1 > 255.255.255.255 all");
  }

  private void receivesWithChecksum(IpAddress from, IpAddress to, int checksum) {
    byte[] bytes =
        new EthernetFrame(
                US_MAC, PEER_MAC, IpPacket.of(from, to, new UdpDatagram(1, 9, Bytes.of("x"))))
            .toBytes()
            .toArray();
    ByteBuffer.wrap(bytes).putShort(bytes.length - 3, (short) checksum);
    host.receives(Bytes.of(bytes));
  }

  @Test
  void acceptsAMissingChecksumOverIpv4Only() {
    UdpSocket socket = bind(IpAddress.ANY_V6, 9);
    receivesWithChecksum(PEER, US, 0);
    assertThat(next(socket)).endsWith("x");
    receivesWithChecksum(PEER_6, US_6, 0);
    receivesWithChecksum(PEER, US, 0x1234);
    receivesWithChecksum(PEER_6, US_6, 0x1234);
    assertThat(next(socket)).isEqualTo("nothing");
    assertThat(udp.counters().badChecksum()).isEqualTo(3);
    host.sendsNothing();
  }

  @Test
  void dropsLengthsThatDoNotFit() {
    UdpSocket socket = bind(IpAddress.ANY_V6, 9);
    for (String datagram :
        List.of(
            "00010009000c0000616263", // announces 12 of 11 bytes
            "0001000900070000616263", // shorter than its header
            "0001000900040000616263",
            "00010009000800")) { // no whole header
      host.receives(PEER, US, new Unparsed(17, Bytes.ofHex(datagram), ""));
    }
    assertThat(udp.counters().malformed()).isEqualTo(4);
    assertThat(next(socket)).isEqualTo("nothing");
    // Bytes behind the announced length are not part of the datagram.
    host.receives(PEER, US, new Unparsed(17, Bytes.ofHex("00010009000a0000616263"), ""));
    assertThat(next(socket)).isEqualTo("10.0.0.1:1 > 10.0.0.2 ab");
    host.sendsNothing();
  }

  @Test
  void boundsTheQueueByDatagramsAndBytes() {
    UdpSocket socket = bind(IpAddress.ANY_V4, 9);
    socket.receiveLimit(3, 1000);
    for (int i = 0; i < 5; i++) {
      receives(PEER, US, 9, "x" + i);
    }
    assertThat(socket.pending()).isEqualTo(3);
    assertThat(socket.dropped()).isEqualTo(2);
    for (int i = 0; i < 3; i++) {
      assertThat(next(socket)).endsWith("x" + i);
    }
    receives(PEER, US, 9, "x".repeat(1200)); // an empty queue takes any one
    receives(PEER, US, 9, "y");
    assertThat(socket.pending()).isEqualTo(1);
    assertThat(next(socket)).endsWith("xxx");
    receives(PEER, US, 9, "x".repeat(600));
    receives(PEER, US, 9, "x".repeat(401));
    receives(PEER, US, 9, "x".repeat(400));
    assertThat(socket.pending()).isEqualTo(2);
    assertThat(udp.counters().queueFull()).isEqualTo(4);
    assertThat(woken).isEqualTo(6);
  }

  @Test
  void allSocketsTogetherTakeAtMostHalfOfThePool() {
    for (int port = 1; port <= 10; port++) {
      bind(IpAddress.ANY_V4, port);
    }
    for (int i = 0; i < 200; i++) {
      receives(PEER, US, 1 + i % 10, "flood");
    }
    assertThat(udp.waiting()).isEqualTo(host.pool.capacity() / 2);
    assertThat(host.pool.available()).isEqualTo(host.pool.capacity() / 2);
    host.sendsNothing();
  }

  @Test
  void allSocketsTogetherTakeAtMostHalfOfTheLargePackets() {
    UdpSocket one = bind(IpAddress.ANY_V4, 1);
    UdpSocket other = bind(IpAddress.ANY_V4, 2);
    UdpSocket sender = bind(IpAddress.ANY_V4, 3);
    one.receiveLimit(1000, 1 << 30);
    other.receiveLimit(1000, 1 << 30);
    for (int i = 0; i < 50; i++) {
      send(sender, "x".repeat(3000), US, 1 + i % 2);
      host.ip.deliverLooped();
    }
    assertThat(one.pending() + other.pending()).isEqualTo(Udp.MAX_LARGE_WAITING);
    assertThat(udp.counters().queueFull()).isEqualTo(50 - Udp.MAX_LARGE_WAITING);
    Packet first = one.poll();
    assertThat(first.length()).isEqualTo(3000);
    first.release();
    send(sender, "x".repeat(65_507), US, 2);
    host.ip.deliverLooped();
    assertThat(one.pending() + other.pending()).isEqualTo(Udp.MAX_LARGE_WAITING);
    one.close();
    other.close();
    host.hasAllPacketsBack();
  }

  // ---- errors ----

  @Test
  void hearsWhatIcmpSays() {
    UdpSocket socket = bind(IpAddress.ANY_V4, 1000);
    assertThat(socket.error()).isEqualTo(Result.OK);
    send(socket, "x", PEER, 7);
    EthernetFrame frame = host.sends("10.0.0.2:1000 > 10.0.0.1:7 udp len 1");
    ByteBuffer quote = ByteBuffer.allocate(frame.payload().length());
    frame.payload().write(quote, 0);
    host.receives(PEER, US, new IcmpMessage(IpProtocol.ICMPV4, 3, 3, 0, Bytes.of(quote.array())));
    assertThat(woken).isEqualTo(1);
    assertThat(socket.error()).isEqualTo(Result.REFUSED);
    assertThat(socket.error()).as("read once").isEqualTo(Result.OK);
    host.receives(PEER, US, new IcmpMessage(IpProtocol.ICMPV4, 3, 4, 0, Bytes.of(quote.array())));
    assertThat(socket.error()).as("29 bytes always fit").isEqualTo(Result.OK);
    host.receives(PEER, US, new IcmpMessage(IpProtocol.ICMPV4, 3, 1, 0, Bytes.of(quote.array())));
    assertThat(socket.error()).isEqualTo(Result.UNREACHABLE);
  }

  @Test
  void hearsThatANeighbourDoesNotAnswer() {
    UdpSocket socket = bind(IpAddress.ANY_V4, 1000);
    assertThat(send(socket, "x", IpAddress.parse("10.0.0.77"), 7)).isEqualTo(Result.OK);
    host.after(2.9);
    assertThat(socket.error()).isEqualTo(Result.OK);
    host.after(0.1);
    assertThat(socket.error()).isEqualTo(Result.UNREACHABLE);
    host.wire.sent.clear();
  }
}
