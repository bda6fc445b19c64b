package io.tapstack.wire;

import static io.tapstack.wire.Segments.ack;
import static io.tapstack.wire.Segments.rst;
import static io.tapstack.wire.Segments.segment;
import static io.tapstack.wire.Segments.syn;
import static io.tapstack.wire.Segments.synAck;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The bytes that the records build, what they say of broken ones, and the lines they print. */
class RecordsTest {
  private static final IpAddress A = IpAddress.parse("10.0.0.1");
  private static final IpAddress B = IpAddress.parse("10.0.0.2");
  private static final IpAddress A6 = IpAddress.parse("fd77::1");
  private static final IpAddress B6 = IpAddress.parse("fd77::2");
  private static final long MAC_A = 0x0200_0000_0001L;
  private static final long MAC_B = 0x0200_0000_0002L;

  private static EthernetFrame frame(FramePayload payload) {
    return new EthernetFrame(MAC_B, MAC_A, payload);
  }

  @Test
  void printsTcpLikeTcpdump() {
    TcpSegment opening = syn().ports(80, 1234).seq(100).mss(1460).sackOk().ts(1, 0).wscale(7);
    assertThat(IpPacket.of(A, B, opening))
        .hasToString(
            "10.0.0.1:80 > 10.0.0.2:1234 S seq 100 win 65535"
                + " <mss 1460,sackOK,TS val 1 ecr 0,wscale 7>");
    assertThat(IpPacket.of(A6, B6, synAck(5).ports(80, 1234).seq(-1).win(0)))
        .hasToString("[fd77::1]:80 > [fd77::2]:1234 S. seq 4294967295 ack 5 win 0");
    assertThat(ack(7).ports(1, 2).seq(8).psh().fin().urg(3).data("hello").sack(10, 20).sack(30, 40))
        .hasToString("1 > 2 FPU. seq 8 ack 7 win 65535 urg 3 <sack 10:20 30:40> len 5");
    assertThat(segment()).hasToString("0 > 0 none seq 0 win 65535");
    assertThat(rst().seq(9).plus(TcpHeader.ECE | TcpHeader.CWR).words())
        .isEqualTo("REW seq 9 win 65535");
  }

  @Test
  void printsTheOthers() {
    assertThat(frame(ArpPacket.request(MAC_A, A, B)))
        .hasToString("arp who-has 10.0.0.2 tell 10.0.0.1");
    assertThat(frame(ArpPacket.request(MAC_A, A, B).reply(MAC_B)))
        .hasToString("arp 10.0.0.2 is-at 02:00:00:00:00:02");
    assertThat(frame(IpPacket.of(A, B, new UdpDatagram(5, 53, Bytes.of("hi")))))
        .hasToString("10.0.0.1:5 > 10.0.0.2:53 udp len 2");
    assertThat(frame(IpPacket.of(A, B, IcmpMessage.echoV4(3, 4, Bytes.of("x")))))
        .hasToString("10.0.0.1 > 10.0.0.2 icmp echo id 3 seq 4 len 1");
    assertThat(frame(IpPacket.of(B6, A6, IcmpMessage.echoV6(3, 4, Bytes.EMPTY).echoReply())))
        .hasToString("fd77::2 > fd77::1 icmp6 echo-reply id 3 seq 4 len 0");
    assertThat(IcmpMessage.neighbourSolicitation(B6, MAC_A)).hasToString("icmp6 who-has fd77::2");
    assertThat(IcmpMessage.neighbourAdvertisement(B6, MAC_B))
        .hasToString("icmp6 neighbour fd77::2");
    assertThat(new IcmpMessage(IpProtocol.ICMPV4, 3, 3, 0, Bytes.pattern(0, 28)))
        .hasToString("icmp unreachable code 3 len 28");
    assertThat(new IcmpMessage(IpProtocol.ICMPV6, 2, 0, 1280, Bytes.EMPTY))
        .hasToString("icmp6 too-big mtu 1280 code 0 len 0");
    assertThat(frame(new Unparsed(0x88cc, Bytes.ofHex("0207"), "not understood")))
        .hasToString(
            "02:00:00:00:00:01 > 02:00:00:00:00:02 type 0x88cc (not understood) len 2 0207");
  }

  @Test
  void buildsTheBytesOfTheTextbook() {
    // RFC 1071's worked example, as a header: the checksum of 0001 f203 f4f5 f6f7 is 220d.
    IcmpMessage message =
        new IcmpMessage(IpProtocol.ICMPV4, 0, 1, 0xf203_f4f5, Bytes.ofHex("f6f7"));
    Bytes wire = IpPacket.of(A, B, message).toBytes();
    assertThat(wire.slice(22, 24)).isEqualTo(Bytes.ofHex("220d"));
    assertThat(wire.slice(0, 20))
        .isEqualTo(Bytes.ofHex("4500001e 00004000 4001 26dd 0a000001 0a000002"));
  }

  @Test
  void saysWhatIsWrongWithBytes() {
    Bytes good = frame(IpPacket.of(A, B, syn().ports(1, 2).data("odd"))).toBytes();
    byte[] bytes = good.toArray();
    bytes[good.length() - 1] ^= 1;
    assertThat(EthernetFrame.parse(Bytes.of(bytes)).toString())
        .startsWith("10.0.0.1 > 10.0.0.2 protocol 6 (wrong checksum) len 23");
    bytes = good.toArray();
    bytes[14 + 8]--; // TTL
    assertThat(EthernetFrame.parse(Bytes.of(bytes)).toString()).contains("(wrong header checksum)");
    bytes = good.toArray();
    bytes[14] = 0x41;
    assertThat(EthernetFrame.parse(Bytes.of(bytes)).toString()).contains("(broken IP header)");
    bytes = good.toArray();
    bytes[13] = (byte) 0xdd;
    bytes[12] = (byte) 0x86;
    assertThat(EthernetFrame.parse(Bytes.of(bytes)).toString()).contains("type 0x86dd");
    assertThatThrownBy(() -> EthernetFrame.parse(Bytes.ofHex("0102")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a frame of 2 bytes");
  }

  @Test
  void acceptsUdpOverIpv4WithoutChecksumOnly() {
    byte[] bytes =
        frame(IpPacket.of(A, B, new UdpDatagram(1, 2, Bytes.of("x")))).toBytes().toArray();
    bytes[14 + 20 + 6] = 0;
    bytes[14 + 20 + 7] = 0;
    assertThat(EthernetFrame.parse(Bytes.of(bytes)).toString()).endsWith("udp len 1");
    bytes = frame(IpPacket.of(A6, B6, new UdpDatagram(1, 2, Bytes.of("x")))).toBytes().toArray();
    bytes[14 + 40 + 6] = 0;
    bytes[14 + 40 + 7] = 0;
    assertThat(EthernetFrame.parse(Bytes.of(bytes)).toString()).contains("wrong checksum");
  }

  @Test
  void ignoresEthernetPadding() {
    EthernetFrame sent = frame(IpPacket.of(A, B, rst().ports(1, 2)));
    assertThat(EthernetFrame.parse(sent.toBytes().plus(Bytes.of(new byte[6])))).isEqualTo(sent);
  }

  @Test
  void leavesFragmentsAlone() {
    IpPacket fragment =
        new Ipv4Packet(
            0,
            7,
            Ipv4Header.MORE_FRAGMENTS | 185,
            64,
            A,
            B,
            Bytes.EMPTY,
            new Unparsed(17, Bytes.of("part"), "fragment at 1480"));
    assertThat(EthernetFrame.parse(frame(fragment).toBytes())).isEqualTo(frame(fragment));
  }

  @Test
  void refusesWhatNoHeaderHolds() {
    assertThatThrownBy(() -> IpPacket.of(A, B6, syn())).hasMessageContaining("one family");
    assertThatThrownBy(() -> new Ipv4Packet(0, 0, 0, 1, A, B, Bytes.ofHex("01"), syn()))
        .hasMessageContaining("multiple of 4");
    assertThatThrownBy(
            () ->
                IpPacket.of(A, B, syn().sack(1, 2).sack(3, 4).sack(5, 6).sack(7, 8).ts(1, 2))
                    .toBytes())
        .hasMessageContaining("a header holds 40");
  }

  @Test
  void countsSequenceNumbers() {
    assertThat(syn().sequenceLength()).isEqualTo(1);
    assertThat(syn().fin().data("abc").sequenceLength()).isEqualTo(5);
    assertThat(ack(1).sequenceLength()).isZero();
  }
}
