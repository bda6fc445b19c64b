package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Every {@code check} at its boundaries: a header that passes can be read without a look. */
class HeaderChecksTest {
  private static final IpAddress A = IpAddress.parse("10.0.0.1");
  private static final IpAddress B = IpAddress.parse("10.0.0.2");

  private static ByteBuffer buffer(Bytes bytes) {
    return ByteBuffer.wrap(bytes.toArray());
  }

  @Test
  void ethernetTakesFourteenBytes() {
    assertThat(EthernetHeader.check(14)).isTrue();
    assertThat(EthernetHeader.check(13)).isFalse();
  }

  @Test
  void arpMustSpeakOfIpv4OverEthernet() {
    Bytes good = ArpPacket.request(0x020000000001L, A, B).toBytes();
    assertThat(ArpHeader.check(buffer(good), 0, 28)).isTrue();
    assertThat(ArpHeader.check(buffer(good), 0, 46)).as("padding").isTrue();
    assertThat(ArpHeader.check(buffer(good), 0, 27)).isFalse();
    for (int i = 0; i < 6; i++) {
      ByteBuffer broken = buffer(good);
      broken.put(i, (byte) (broken.get(i) ^ 1));
      assertThat(ArpHeader.check(broken, 0, 28)).as("byte %d flipped", i).isFalse();
    }
  }

  @Test
  void ipv4LengthsMustAgree() {
    ByteBuffer packet = ByteBuffer.allocate(100);
    Ipv4Header.write(packet, 0, 0, 60, 1, 0, 64, 17, A.v4(), B.v4());
    assertThat(Ipv4Header.check(packet, 0, 60)).isTrue();
    assertThat(Ipv4Header.check(packet, 0, 100)).as("Ethernet padding").isTrue();
    assertThat(Ipv4Header.check(packet, 0, 59)).as("cut short").isFalse();
    assertThat(Ipv4Header.check(packet, 0, 19)).isFalse();
    assertThat(Ipv4Header.check(packet, 0, 0)).isFalse();

    packet.put(0, (byte) 0x44);
    assertThat(Ipv4Header.check(packet, 0, 100)).as("four words").isFalse();
    packet.put(0, (byte) 0x65);
    assertThat(Ipv4Header.check(packet, 0, 100)).as("version 6").isFalse();
    packet.put(0, (byte) 0xc5);
    assertThat(Ipv4Header.check(packet, 0, 100)).as("version 12").isFalse();
    packet.put(0, (byte) 0x4f);
    assertThat(Ipv4Header.check(packet, 0, 100)).as("all 40 bytes of options").isTrue();
    packet.putShort(2, (short) 59);
    assertThat(Ipv4Header.check(packet, 0, 100)).as("options beyond the datagram").isFalse();
  }

  @Test
  void ipv4ChecksumNoticesEveryBit() {
    ByteBuffer packet = ByteBuffer.allocate(20);
    Ipv4Header.write(packet, 0, 3, 20, 77, Ipv4Header.DONT_FRAGMENT, 64, 6, A.v4(), B.v4());
    assertThat(Ipv4Header.checksumIsRight(packet, 0)).isTrue();
    for (int bit = 8; bit < 160; bit++) { // the first byte holds the length that is summed
      packet.put(bit / 8, (byte) (packet.get(bit / 8) ^ 1 << bit % 8));
      assertThat(Ipv4Header.checksumIsRight(packet, 0)).as("bit %d", bit).isFalse();
      packet.put(bit / 8, (byte) (packet.get(bit / 8) ^ 1 << bit % 8));
    }
  }

  @Test
  void ipv4KnowsFragments() {
    ByteBuffer packet = ByteBuffer.allocate(20);
    Ipv4Header.write(packet, 0, 0, 20, 1, Ipv4Header.DONT_FRAGMENT, 64, 6, 1, 2);
    assertThat(Ipv4Header.isFragment(packet, 0)).isFalse();
    Ipv4Header.write(packet, 0, 0, 20, 1, 0x8000, 64, 6, 1, 2);
    assertThat(Ipv4Header.isFragment(packet, 0)).as("the reserved bit").isFalse();
    Ipv4Header.write(packet, 0, 0, 20, 1, Ipv4Header.MORE_FRAGMENTS, 64, 6, 1, 2);
    assertThat(Ipv4Header.isFragment(packet, 0)).isTrue();
    assertThat(Ipv4Header.fragmentOffset(packet, 0)).isZero();
    Ipv4Header.write(packet, 0, 0, 20, 1, 0x1fff, 64, 6, 1, 2);
    assertThat(Ipv4Header.isFragment(packet, 0)).isTrue();
    assertThat(Ipv4Header.fragmentOffset(packet, 0)).isEqualTo(65_528);
  }

  @Test
  void ipv6LengthsMustAgree() {
    ByteBuffer packet = ByteBuffer.allocate(100);
    Ipv6Header.write(packet, 0, 0xff, 0xfffff, 20, 6, 64, 1, 2, 3, 4);
    assertThat(Ipv6Header.check(packet, 0, 60)).isTrue();
    assertThat(Ipv6Header.check(packet, 0, 100)).as("Ethernet padding").isTrue();
    assertThat(Ipv6Header.check(packet, 0, 59)).isFalse();
    assertThat(Ipv6Header.check(packet, 0, 39)).isFalse();
    assertThat(Ipv6Header.check(packet, 0, 0)).isFalse();
    assertThat(Ipv6Header.trafficClass(packet, 0)).isEqualTo(0xff);
    assertThat(Ipv6Header.flowLabel(packet, 0)).isEqualTo(0xfffff);
    packet.put(0, (byte) 0x45);
    assertThat(Ipv6Header.check(packet, 0, 100)).isFalse();
    packet.put(0, (byte) 0xe0);
    assertThat(Ipv6Header.check(packet, 0, 100)).as("version 14").isFalse();
  }

  @Test
  void ipv6KnowsFragments() {
    ByteBuffer header = ByteBuffer.allocate(10);
    Ipv6FragmentHeader.write(header, 1, 17, 0xfff8, true, 0xdeadbeef);
    assertThat(Bytes.of(header.array())).isEqualTo(Bytes.ofHex("00 1100fff9 deadbeef 00"));
    assertThat(Ipv6FragmentHeader.nextHeader(header, 1)).isEqualTo(17);
    assertThat(Ipv6FragmentHeader.fragmentOffset(header, 1)).isEqualTo(65_528);
    assertThat(Ipv6FragmentHeader.hasMore(header, 1)).isTrue();
    assertThat(Ipv6FragmentHeader.identification(header, 1)).isEqualTo(0xdeadbeef);
    assertThat(Ipv6FragmentHeader.isAtomic(header, 1)).isFalse();
    Ipv6FragmentHeader.write(header, 1, 17, 8, false, 1);
    assertThat(Ipv6FragmentHeader.hasMore(header, 1)).isFalse();
    assertThat(Ipv6FragmentHeader.isAtomic(header, 1)).isFalse();
    Ipv6FragmentHeader.write(header, 1, 17, 0, false, 1);
    assertThat(Ipv6FragmentHeader.isAtomic(header, 1)).isTrue();
    header.putShort(3, (short) 6);
    assertThat(Ipv6FragmentHeader.isAtomic(header, 1)).as("the reserved bits").isTrue();
    assertThat(Ipv6FragmentHeader.fragmentOffset(header, 1)).isZero();
    assertThat(Ipv6FragmentHeader.check(8)).isTrue();
    assertThat(Ipv6FragmentHeader.check(7)).isFalse();
  }

  @Test
  void ipv4FragmentsAreMadeWhole() {
    ByteBuffer packet = ByteBuffer.allocate(24);
    Ipv4Header.write(packet, 0, 3, 20, 77, Ipv4Header.DONT_FRAGMENT, 64, 6, A.v4(), B.v4());
    Ipv4Header.makeFragment(packet, 0, 28, 99, 1480, true);
    assertThat(Ipv4Header.fragmentWord(packet, 0)).isEqualTo(0x2000 | 185);
    assertThat(Ipv4Header.hasMoreFragments(packet, 0)).isTrue();
    assertThat(Ipv4Header.identification(packet, 0)).isEqualTo(99);
    assertThat(Ipv4Header.checksumIsRight(packet, 0)).isTrue();
    Ipv4Header.makeWhole(packet, 0, 0xb8, 65_535);
    assertThat(Ipv4Header.isFragment(packet, 0)).isFalse();
    assertThat(Ipv4Header.totalLength(packet, 0)).isEqualTo(65_535);
    assertThat(Ipv4Header.tos(packet, 0)).isEqualTo(0xb8);
    assertThat(Ipv4Header.checksumIsRight(packet, 0)).isTrue();
  }

  @Test
  void udpLengthMustFit() {
    ByteBuffer packet = ByteBuffer.allocate(50);
    UdpHeader.write(packet, 0, 1, 65_535, 20);
    assertThat(UdpHeader.check(packet, 0, 20)).isTrue();
    assertThat(UdpHeader.check(packet, 0, 50)).as("IP payload longer than the datagram").isTrue();
    assertThat(UdpHeader.check(packet, 0, 19)).isFalse();
    assertThat(UdpHeader.check(packet, 0, 7)).isFalse();
    UdpHeader.write(packet, 0, 1, 2, 7);
    assertThat(UdpHeader.check(packet, 0, 50)).isFalse();
    UdpHeader.write(packet, 0, 1, 2, 8);
    assertThat(UdpHeader.check(packet, 0, 8)).isTrue();
  }

  @Test
  void udpSendsAComputedZeroAsOnes() {
    ByteBuffer packet = ByteBuffer.allocate(8);
    UdpHeader.setChecksum(packet, 0, 0);
    assertThat(UdpHeader.checksum(packet, 0)).isEqualTo(0xffff);
    UdpHeader.setChecksum(packet, 0, 0x1234);
    assertThat(UdpHeader.checksum(packet, 0)).isEqualTo(0x1234);
  }

  @Test
  void icmpTakesEightBytes() {
    assertThat(IcmpHeader.check(8)).isTrue();
    assertThat(IcmpHeader.check(7)).isFalse();
  }

  @Test
  void tcpHeaderMustFit() {
    ByteBuffer segment = ByteBuffer.allocate(100);
    for (int words = 0; words < 16; words++) {
      TcpHeader.write(segment, 0, 1, 2, 3, 4, words * 4, 0xff, 65_535, 65_535);
      assertThat(TcpHeader.check(segment, 0, 100)).as("%d words", words).isEqualTo(words >= 5);
      if (words >= 5) {
        assertThat(TcpHeader.check(segment, 0, words * 4)).isTrue();
        assertThat(TcpHeader.check(segment, 0, words * 4 - 1)).isFalse();
      }
    }
    assertThat(TcpHeader.check(segment, 0, 19)).isFalse();
    assertThat(TcpHeader.flags(segment, 0)).isEqualTo(0xff);
    assertThat(TcpHeader.window(segment, 0)).as("MUST-1: unsigned").isEqualTo(65_535);
    assertThat(TcpHeader.urgentPointer(segment, 0)).isEqualTo(65_535);
  }
}
