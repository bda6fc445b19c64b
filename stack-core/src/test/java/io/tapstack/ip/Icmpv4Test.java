package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER;
import static io.tapstack.ip.TestHost.PEER_MAC;
import static io.tapstack.ip.TestHost.US;
import static io.tapstack.ip.TestHost.US_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Packet;
import io.tapstack.wire.Mac;
import io.tapstack.wire.UdpDatagram;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ICMP for IPv4: echo, errors out with their rules, errors in. */
class Icmpv4Test {
  private static final IpAddress SUBNET_BROADCAST = IpAddress.parse("10.0.0.255");
  private static final IpAddress ALL_HOSTS = IpAddress.parse("224.0.0.1");

  private final TestHost host = TestHost.acquainted();

  @AfterEach
  void givesPacketsBack() {
    host.hasAllPacketsBack();
  }

  private static IpPacket unknownProtocol(IpAddress from, IpAddress to, int bytes) {
    return IpPacket.of(from, to, new Unparsed(143, Bytes.pattern(0, bytes), ""));
  }

  @Test
  void answersEchoWithTheSameDataFromTheAddressAsked() {
    for (int size : new int[] {0, 1, 56, 57, 1471, 1472}) {
      IcmpMessage echo = IcmpMessage.echoV4(0xbeef, 513, Bytes.pattern(9, size));
      host.receives(new Ipv4Packet(0x2c, 5, 0, 1, PEER, US, Bytes.EMPTY, echo));
      EthernetFrame answer = host.wire.sent.removeFirst();
      assertThat(answer.destination()).isEqualTo(PEER_MAC);
      Ipv4Packet packet = (Ipv4Packet) answer.payload();
      assertThat(packet.payload()).isEqualTo(echo.echoReply());
      assertThat(packet.source()).isEqualTo(US);
      assertThat(packet.ttl()).isEqualTo(64);
      assertThat(packet.trafficClass()).isEqualTo(0x2c);
    }
    assertThat(host.iface.counters().echoReplies()).isEqualTo(6);
  }

  @Test
  void answersEchoWithOptionsAndWithATtlOfZero() {
    IcmpMessage echo = IcmpMessage.echoV4(1, 2, Bytes.of("x"));
    Bytes unknownOption = Bytes.ofHex("5e04000001010100");
    host.receives(new Ipv4Packet(0, 5, 0, 0, PEER, US, unknownOption, echo));
    host.sends("10.0.0.2 > 10.0.0.1 icmp echo-reply id 1 seq 2 len 1");
  }

  @Test
  void doesNotAnswerEchoToGroups() {
    IcmpMessage echo = IcmpMessage.echoV4(1, 2, Bytes.EMPTY);
    for (IpAddress group : List.of(SUBNET_BROADCAST, IpAddress.BROADCAST_V4, ALL_HOSTS)) {
      host.receives(new EthernetFrame(Mac.BROADCAST, PEER_MAC, IpPacket.of(PEER, group, echo)));
      host.receives(IpPacket.of(PEER, group, echo));
    }
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.ICMP_SUPPRESSED)).isEqualTo(6);
  }

  @Test
  void dropsEchoWithAWrongChecksumOrTooShort() {
    byte[] bytes =
        new EthernetFrame(
                US_MAC, PEER_MAC, IpPacket.of(PEER, US, IcmpMessage.echoV4(1, 2, Bytes.of("abc"))))
            .toBytes()
            .toArray();
    bytes[bytes.length - 1] ^= 1;
    host.receives(Bytes.of(bytes));
    assertThat(host.dropped(IpDrop.CHECKSUM)).isEqualTo(1);
    host.receives(PEER, US, new Unparsed(1, Bytes.ofHex("0800f7ff000000"), "7 bytes"));
    assertThat(host.dropped(IpDrop.MALFORMED)).isEqualTo(1);
    host.sendsNothing();
  }

  @Test
  void dropsWhatItDoesNotKnowSilently() {
    // Source quench, redirect, timestamp, information, address mask; ICMPv6's echo.
    for (int type : new int[] {4, 5, 13, 15, 17, 30, 128, 135, 255}) {
      host.receives(PEER, US, new IcmpMessage(IpProtocol.ICMPV4, type, 0, 0, Bytes.pattern(0, 28)));
    }
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.ICMP_IGNORED)).isEqualTo(9);
  }

  @Test
  void saysThatAProtocolIsUnreachable() {
    host.receives(unknownProtocol(PEER, US, 2));
    EthernetFrame frame = host.sends("10.0.0.2 > 10.0.0.1 icmp unreachable code 2 len 22");
    IcmpMessage message = (IcmpMessage) ((Ipv4Packet) frame.payload()).payload();
    assertThat(message.data()).isEqualTo(unknownProtocolBytes(2));
    assertThat(host.dropped(IpDrop.UNKNOWN_PROTOCOL)).isEqualTo(1);
    // ICMPv6 is unknown to IPv4.
    host.receives(PEER, US, IcmpMessage.echoV6(1, 2, Bytes.EMPTY));
    host.sends("10.0.0.2 > 10.0.0.1 icmp unreachable code 2 len 28");
  }

  private static Bytes unknownProtocolBytes(int size) {
    ByteBuffer buffer = ByteBuffer.allocate(20 + size);
    unknownProtocol(PEER, US, size).write(buffer, 0);
    return Bytes.of(buffer.array());
  }

  @Test
  void quotesAsMuchAsFitsInto576Bytes() {
    host.receives(unknownProtocol(PEER, US, 1400));
    EthernetFrame frame = host.wire.sent.removeFirst();
    assertThat(frame.length()).isEqualTo(14 + 576);
    IcmpMessage message = (IcmpMessage) ((Ipv4Packet) frame.payload()).payload();
    assertThat(message.data()).isEqualTo(unknownProtocolBytes(1400).slice(0, 548));
  }

  @Test
  void sendsNoErrorWhereARuleForbidsIt() {
    host.receives(unknownProtocol(PEER, SUBNET_BROADCAST, 8));
    host.receives(
        new EthernetFrame(
            Mac.BROADCAST, PEER_MAC, unknownProtocol(PEER, IpAddress.BROADCAST_V4, 8)));
    host.receives(
        new EthernetFrame(
            Mac.ofIpv4Multicast(ALL_HOSTS.low()), PEER_MAC, unknownProtocol(PEER, ALL_HOSTS, 8)));
    host.receives(
        new EthernetFrame(
            Mac.BROADCAST, PEER_MAC, unknownProtocol(IpAddress.ANY_V4, IpAddress.BROADCAST_V4, 8)));
    assertThat(host.dropped(IpDrop.ICMP_SUPPRESSED)).isEqualTo(4);
    // A unicast datagram in a link broadcast is dropped before anybody looks at it.
    host.receives(new EthernetFrame(Mac.BROADCAST, PEER_MAC, unknownProtocol(PEER, US, 8)));
    assertThat(host.dropped(IpDrop.LINK_GROUP)).isEqualTo(1);
    host.sendsNothing();
  }

  @Test
  void limitsErrors() {
    int sent = 0;
    for (int i = 0; i < 1000; i++) {
      host.receives(unknownProtocol(PEER, US, 8));
      sent += host.wire.sent.size();
      host.wire.sent.clear();
    }
    assertThat(sent).isBetween(IcmpLimiter.BURST / 3, IcmpLimiter.BURST);
    assertThat(host.dropped(IpDrop.ICMP_LIMITED)).isEqualTo(1000 - sent);
    host.after(1);
    host.receives(unknownProtocol(PEER, US, 8));
    assertThat(host.wire.sent).hasSize(1);
  }

  @Test
  void limitsErrorsInTheLongRunAndNotToACountableNumber() {
    List<Integer> bursts = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      int sent = 0;
      for (int i = 0; i < 200; i++) {
        host.receives(unknownProtocol(PEER, US, 8));
        sent += host.wire.sent.size();
        host.wire.sent.clear();
      }
      bursts.add(sent);
      host.after(2);
    }
    assertThat(bursts.stream().distinct().count()).isGreaterThan(1);
    assertThat(bursts).allSatisfy(sent -> assertThat(sent).isLessThanOrEqualTo(50));
  }

  // ---- errors in ----

  private final List<String> heard = new ArrayList<>();

  private void listens() {
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
                    + ":"
                    + quoted.getShort(offset)
                    + " "
                    + new IpAddress(remoteHigh, remoteLow)
                    + ":"
                    + quoted.getShort(offset + 2)
                    + " "
                    + length);
          }
        });
  }

  private static Bytes quote(IpAddress from, IpAddress to, int fragmentWord) {
    ByteBuffer buffer = ByteBuffer.allocate(20 + 8 + 4);
    new Ipv4Packet(
            0,
            1,
            fragmentWord,
            60,
            from,
            to,
            Bytes.EMPTY,
            new UdpDatagram(1234, 53, Bytes.of("quer")))
        .write(buffer, 0);
    return Bytes.of(buffer.array()).slice(0, 28);
  }

  private void receivesError(int type, int code, Bytes quote) {
    host.receives(
        IpAddress.parse("192.0.2.9"), US, new IcmpMessage(IpProtocol.ICMPV4, type, code, 0, quote));
  }

  @Test
  void tellsTheTransportWhatErrorsSay() {
    listens();
    Bytes quote = quote(US, PEER, 0);
    int[][] typesAndCodes = {
      {3, 0}, {3, 1}, {3, 2}, {3, 3}, {3, 4}, {3, 5}, {3, 13}, {11, 0}, {12, 0}
    };
    for (int[] each : typesAndCodes) {
      receivesError(each[0], each[1], quote);
    }
    String ports = " 10.0.0.2:1234 10.0.0.1:53 8";
    assertThat(heard)
        .containsExactly(
            "NET" + ports,
            "HOST" + ports,
            "PROTOCOL" + ports,
            "PORT" + ports,
            "TOO_BIG" + ports,
            "HOST" + ports,
            "HOST" + ports,
            "TIME_EXCEEDED" + ports,
            "PARAMETER" + ports);
    assertThat(host.iface.counters().icmpErrorsIn()).isEqualTo(9);
    host.sendsNothing();
  }

  @Test
  void ignoresErrorsThatQuoteNothingOfOurs() {
    listens();
    receivesError(3, 3, quote(PEER, US, 0)); // not our packet
    receivesError(3, 3, quote(US, PEER, 185)); // not its first fragment
    receivesError(3, 3, quote(US, PEER, 0).slice(0, 27)); // ports, but not 8 bytes
    receivesError(3, 3, quote(US, PEER, 0).slice(0, 19));
    receivesError(3, 3, Bytes.EMPTY);
    receivesError(3, 99, quote(US, PEER, 0));
    byte[] longHeader = quote(US, PEER, 0).toArray();
    longHeader[0] = 0x4f;
    receivesError(3, 3, Bytes.of(longHeader));
    byte[] version = quote(US, PEER, 0).toArray();
    version[0] = 0x65;
    receivesError(3, 3, Bytes.of(version));
    byte[] protocol = quote(US, PEER, 0).toArray();
    protocol[9] = (byte) 143;
    receivesError(3, 3, Bytes.of(protocol));
    assertThat(heard).isEmpty();
    assertThat(host.dropped(IpDrop.ICMP_BAD_QUOTE)).isEqualTo(9);
    host.sendsNothing();
  }

  // ---- the echo client ----

  @Test
  void echoClientHearsRepliesAndErrors() {
    host.ip.echo().listener(new Listener());
    host.ip.echo().send(PEER, 0xabcd, 0xffff, 56);
    EthernetFrame frame = host.sends("10.0.0.2 > 10.0.0.1 icmp echo id 43981 seq 65535 len 56");
    IcmpMessage echo = (IcmpMessage) ((Ipv4Packet) frame.payload()).payload();
    host.receives(PEER, US, echo.echoReply());
    host.receives(
        PEER,
        US,
        new IcmpMessage(IpProtocol.ICMPV4, 0, 0, echo.rest(), Bytes.of("something else")));
    ByteBuffer quote = ByteBuffer.allocate(frame.length() - 14);
    frame.payload().write(quote, 0);
    receivesError(3, 1, Bytes.of(quote.array()));
    assertThat(heard)
        .containsExactly(
            "10.0.0.1 43981 65535 56 64 true",
            "10.0.0.1 43981 65535 14 64 false",
            "10.0.0.1 43981 65535 HOST");
  }

  private final class Listener implements EchoListener {
    @Override
    public void replied(
        IpAddress from, int identifier, int sequence, int bytes, int ttl, boolean intact) {
      heard.add(from + " " + identifier + " " + sequence + " " + bytes + " " + ttl + " " + intact);
    }

    @Override
    public void failed(IpAddress to, int identifier, int sequence, Unreachable what) {
      heard.add(to + " " + identifier + " " + sequence + " " + what);
    }
  }
}
