package io.tapstack.ip;

import static io.tapstack.ip.TestHost.PEER_6;
import static io.tapstack.ip.TestHost.PEER_MAC;
import static io.tapstack.ip.TestHost.US_6;
import static io.tapstack.ip.TestHost.US_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IcmpMessage;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6Packet;
import io.tapstack.wire.UdpDatagram;
import io.tapstack.wire.Unparsed;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** ICMP for IPv6: echo, errors out with their rules, errors in, and extension headers. */
class Icmpv6Test {
  private final TestHost host = TestHost.acquainted();
  private final List<String> heard = new ArrayList<>();

  @AfterEach
  void givesPacketsBack() {
    host.hasAllPacketsBack();
  }

  private static Bytes bytes(IpPacket packet) {
    ByteBuffer buffer = ByteBuffer.allocate(packet.length());
    packet.write(buffer, 0);
    return Bytes.of(buffer.array());
  }

  /** A frame to us whose IPv6 header names {@code nextHeader}, with an echo request at its end. */
  private void receivesEcho(int nextHeader, String extensions) {
    receivesEcho(US_6, nextHeader, extensions);
  }

  private void receivesEcho(IpAddress to, int nextHeader, String extensions) {
    host.receives(
        new Ipv6PacketBytes(PEER_6, to, 64, nextHeader)
            .with(Bytes.ofHex(extensions), IcmpMessage.echoV6(1, 2, Bytes.of("x")), PEER_6, to));
  }

  private void answersEcho() {
    host.sends("fd77::2 > fd77::1 icmp6 echo-reply id 1 seq 2 len 1");
    host.sendsNothing();
  }

  private void saysParameterProblem(int code, int pointer) {
    EthernetFrame frame = host.wire.sent.removeFirst();
    IcmpMessage message = (IcmpMessage) ((Ipv6Packet) frame.payload()).payload();
    assertThat(message.type()).isEqualTo(4);
    assertThat(message.code()).isEqualTo(code);
    assertThat(message.rest()).isEqualTo(pointer);
    host.sendsNothing();
  }

  @Test
  void answersEchoWithTheSameData() {
    for (int size : new int[] {0, 1, 56, 1451, 1452}) {
      IcmpMessage echo = IcmpMessage.echoV6(0xbeef, 513, Bytes.pattern(9, size));
      host.receives(new Ipv6Packet(0x2c, 5, 1, PEER_6, US_6, echo));
      EthernetFrame answer = host.wire.sent.removeFirst();
      assertThat(answer.destination()).isEqualTo(PEER_MAC);
      assertThat(answer.payload())
          .isEqualTo(new Ipv6Packet(0x2c, 0, 64, US_6, PEER_6, echo.echoReply()));
    }
  }

  @Test
  void doesNotAnswerEchoToGroupsNorWithAWrongChecksum() {
    IcmpMessage echo = IcmpMessage.echoV6(1, 2, Bytes.of("abc"));
    host.receives(
        new EthernetFrame(
            0x3333_0000_0001L, PEER_MAC, IpPacket.of(PEER_6, IpAddress.ALL_NODES, echo)));
    byte[] bytes =
        new EthernetFrame(US_MAC, PEER_MAC, IpPacket.of(PEER_6, US_6, echo)).toBytes().toArray();
    bytes[bytes.length - 1] ^= 1;
    host.receives(Bytes.of(bytes));
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.ICMP_SUPPRESSED)).isEqualTo(1);
    assertThat(host.dropped(IpDrop.CHECKSUM)).isEqualTo(1);
  }

  @Test
  void dropsWhatItDoesNotKnowSilently() {
    for (int type : new int[] {0, 5, 100, 127, 130, 133, 134, 137, 143, 200, 255}) {
      host.receives(
          PEER_6, US_6, new IcmpMessage(IpProtocol.ICMPV6, type, 0, 0, Bytes.pattern(0, 48)));
    }
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.ICMP_IGNORED)).isEqualTo(11);
  }

  // ---- extension headers ----

  @Test
  void skipsHeadersItMaySkip() {
    receivesEcho(0, "3a00 0104 00000000"); // hop-by-hop with PadN
    answersEcho();
    receivesEcho(0, "3c00 0502 00000100 3a00 0000 00000000"); // router alert; seven Pad1? six
    answersEcho();
    receivesEcho(60, "3a00 1e02 00000100"); // an unknown option that may be skipped
    answersEcho();
    receivesEcho(43, "3a02 0000 00000000 fd77000000000000 0000000000000002"); // no segments left
    answersEcho();
    receivesEcho(44, "3a00 0000 12345678"); // an atomic fragment
    answersEcho();
    host.receives(new Ipv6PacketBytes(PEER_6, US_6, 64, 59).with(Bytes.of("whatever")));
    host.sendsNothing();
    assertThat(host.iface.counters().dropped()).isZero();
  }

  @Test
  void dropsHeadersThatDoNotFit() {
    receivesEcho(0, "3a09 0104 00000000"); // longer than the packet
    receivesEcho(0, "3a00 01ff 00000000"); // an option longer than its header
    receivesEcho(0, "3a00 0000 00000001"); // an option without a length
    receivesEcho(0, "3a01 0000 00000000 0000 0000 00000000"); // fourteen Pad1
    receivesEcho(44, "2c00 0000 00000001 3a00 0000 00000002"); // two Fragment headers
    receivesEcho(0, "3a01 010c 0000000000000000 00000000"); // PadN of fourteen bytes
    receivesEcho(60, "3c00 0104 00000000".repeat(9));
    host.receives(new Ipv6PacketBytes(PEER_6, US_6, 64, 0).with(Bytes.ofHex("3a00")));
    host.receives(new Ipv6PacketBytes(PEER_6, US_6, 64, 44).with(Bytes.ofHex("3a000000")));
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.MALFORMED)).isEqualTo(9);
  }

  @Test
  void obeysTheHighestBitsOfUnknownOptions() {
    receivesEcho(60, "3a00 4002 00000100"); // 01: discard
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.UNKNOWN_OPTION)).isEqualTo(1);
    receivesEcho(60, "3a00 8002 00000100"); // 10: discard and say so
    saysParameterProblem(2, 42);
    receivesEcho(60, "3a00 c202 00000100"); // 11: a jumbo payload, which nobody carries here
    saysParameterProblem(2, 42);
  }

  @Test
  void tellsSendersToGroupsOnlyWhereTheOptionSaysSo() {
    receivesEcho(IpAddress.ALL_NODES, 60, "3a00 c202 00000100");
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.ICMP_SUPPRESSED)).isEqualTo(1);
    receivesEcho(IpAddress.ALL_NODES, 60, "3a00 8002 00000100");
    host.sends("fd77::2 > fd77::1 icmp6 parameter-problem code 2 len 57");
  }

  @Test
  void saysWhatItDoesNotUnderstand() {
    receivesEcho(60, "0000 0104 00000000 3a00 0104 00000000"); // hop-by-hop in second place
    saysParameterProblem(1, 40);
    receivesEcho(143, "");
    saysParameterProblem(1, 6);
    receivesEcho(60, "8f00 0104 00000000"); // an unknown protocol after options
    saysParameterProblem(1, 40);
    receivesEcho(1, ""); // ICMPv4 is unknown to IPv6
    saysParameterProblem(1, 6);
    receivesEcho(43, "3a02 0001 00000000 fd77000000000000 0000000000000009"); // type 0
    saysParameterProblem(0, 42);
    assertThat(host.dropped(IpDrop.SOURCE_ROUTE)).isEqualTo(1);
  }

  // ---- errors out ----

  @Test
  void quotesAsMuchAsFitsInto1280Bytes() {
    IpPacket packet = IpPacket.of(PEER_6, US_6, new Unparsed(143, Bytes.pattern(0, 1400), ""));
    host.receives(packet);
    EthernetFrame frame = host.wire.sent.removeFirst();
    assertThat(frame.length()).isEqualTo(14 + 1280);
    IcmpMessage message = (IcmpMessage) ((Ipv6Packet) frame.payload()).payload();
    assertThat(message.data()).isEqualTo(bytes(packet).slice(0, 1232));
  }

  @Test
  void sendsNoErrorWhereARuleForbidsIt() {
    host.receives(
        new EthernetFrame(
            0x3333_0000_0001L,
            PEER_MAC,
            IpPacket.of(PEER_6, IpAddress.ALL_NODES, new Unparsed(143, Bytes.EMPTY, ""))));
    host.receives(
        new EthernetFrame(
            0x3333_0000_0001L,
            PEER_MAC,
            IpPacket.of(
                IpAddress.ANY_V6, IpAddress.ALL_NODES, new Unparsed(143, Bytes.EMPTY, ""))));
    host.receives(
        new Ipv6PacketBytes(IpAddress.ANY_V6, IpAddress.ALL_NODES, 64, 60)
            .with(Bytes.ofHex("3b00 8002 00000100")));
    host.sendsNothing();
    assertThat(host.dropped(IpDrop.ICMP_SUPPRESSED)).isEqualTo(3);
  }

  @Test
  void limitsErrors() {
    for (int i = 0; i < 1000; i++) {
      host.receives(PEER_6, US_6, new Unparsed(143, Bytes.EMPTY, ""));
    }
    assertThat(host.wire.sent.size()).isBetween(IcmpLimiter.BURST / 3, IcmpLimiter.BURST);
  }

  // ---- errors in ----

  private void receivesError(int type, int code, Bytes quote) {
    int word = type == IcmpHeader.V6_TOO_BIG ? 1280 : 0;
    host.receives(PEER_6, US_6, new IcmpMessage(IpProtocol.ICMPV6, type, code, word, quote));
  }

  @Test
  void tellsTheTransportWhatErrorsSay() {
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
            assertThat(new IpAddress(localHigh, localLow)).isEqualTo(US_6);
            assertThat(new IpAddress(remoteHigh, remoteLow)).isEqualTo(PEER_6);
            assertThat(quoted.getShort(offset)).isEqualTo((short) 1234);
            assertThat(length).isEqualTo(10);
            heard.add(what.name());
          }
        });
    Bytes quote = bytes(IpPacket.of(US_6, PEER_6, new UdpDatagram(1234, 53, Bytes.of("qu"))));
    int[][] typesAndCodes = {
      {1, 0}, {1, 1}, {1, 3}, {1, 4}, {1, 5}, {2, 0}, {3, 0}, {4, 0}, {4, 1}
    };
    for (int[] each : typesAndCodes) {
      receivesError(each[0], each[1], quote);
    }
    assertThat(heard)
        .containsExactly(
            "NET",
            "HOST",
            "HOST",
            "PORT",
            "HOST",
            "TOO_BIG",
            "TIME_EXCEEDED",
            "PARAMETER",
            "PROTOCOL");
    // Nothing of ours is quoted, or too little of it.
    receivesError(1, 4, bytes(IpPacket.of(PEER_6, US_6, new UdpDatagram(1, 2, Bytes.EMPTY))));
    receivesError(1, 4, quote.slice(0, 47));
    receivesError(1, 99, quote);
    receivesError(1, 4, bytes(IpPacket.of(US_6, PEER_6, new Unparsed(143, quote, ""))));
    assertThat(heard).hasSize(9);
    assertThat(host.dropped(IpDrop.ICMP_BAD_QUOTE)).isEqualTo(4);
    host.sendsNothing();
  }
}
