package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** The cases of Mbed's unit tests of SocketAddress, by their names. */
class SocketAddressTest {
  private static final byte[] V4 = {127, 0, 0, 1};
  private static final byte[] V6 = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  @Test
  void constructorDefault() {
    SocketAddress address = new SocketAddress();
    assertThat(address.isEmpty()).isTrue();
    assertThat(address.getIpAddress()).isNull();
    assertThat(address.getPort()).isZero();
    assertThat(address.getIpVersion()).isEqualTo(NsapiVersion.UNSPEC);
    assertThat(address.getIpBytes()).isEmpty();
  }

  @Test
  void constructorAddressIp4() {
    SocketAddress address = new SocketAddress("127.0.0.1", 80);
    assertThat(address.isEmpty()).isFalse();
    assertThat(address.getIpAddress()).isEqualTo("127.0.0.1");
    assertThat(address.getPort()).isEqualTo(80);
    assertThat(address.getIpVersion()).isEqualTo(NsapiVersion.IPV4);
    assertThat(address.getIpBytes()).isEqualTo(V4);
    assertThat(address).hasToString("127.0.0.1:80");
  }

  @Test
  void constructorAddressIp6() {
    SocketAddress address = new SocketAddress("1234:5678:9abc:def0:1234:5678:0:def0", 80);
    assertThat(address.getIpAddress()).isEqualTo("1234:5678:9abc:def0:1234:5678:0:def0");
    assertThat(address.getIpVersion()).isEqualTo(NsapiVersion.IPV6);
    assertThat(address).hasToString("[1234:5678:9abc:def0:1234:5678:0:def0]:80");
  }

  @Test
  void constructorAddressIp6Invalid() {
    SocketAddress address = new SocketAddress("1234:5678:9abc:def0:1234:5678:xyz", 80);
    assertThat(address.isEmpty()).isTrue();
    assertThat(address.getIpAddress()).isNull();
    assertThat(address.getPort()).isEqualTo(80);
    assertThat(address.getIpVersion()).isEqualTo(NsapiVersion.UNSPEC);
  }

  @Test
  void constructorAddressBytes() {
    assertThat(new SocketAddress(V4, NsapiVersion.IPV4, 80).getIpAddress()).isEqualTo("127.0.0.1");
    SocketAddress six = new SocketAddress(V6, NsapiVersion.IPV6, 80);
    assertThat(six.getIpAddress()).isEqualTo("1:203:405:607:809:a0b:c0d:e0f");
    assertThat(six.getIpBytes()).isEqualTo(V6);
    assertThatThrownBy(() -> new SocketAddress(V4, NsapiVersion.IPV6, 80))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 bytes")
        .hasMessageContaining("16");
  }

  @Test
  void constructorCopy() {
    SocketAddress original = new SocketAddress("127.0.0.1", 80);
    SocketAddress copy = new SocketAddress(original);
    original.setPort(81);
    assertThat(copy).isEqualTo(new SocketAddress("127.0.0.1", 80));
  }

  @Test
  void assignmentAndEquality() {
    SocketAddress one = new SocketAddress("127.0.0.1", 80);
    SocketAddress other = new SocketAddress("127.0.0.2", 80);
    assertThat(one).isNotEqualTo(other);
    other.set(one);
    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
    other.setPort(81);
    assertThat(one).isNotEqualTo(other);
    assertThat(new SocketAddress("fd77::1", 80)).isEqualTo(new SocketAddress("fd77:0::1", 80));
  }

  @Test
  void equalityOfEmptyAddressesIgnoresPorts() {
    assertThat(new SocketAddress()).isEqualTo(new SocketAddress("0.0.0.0", 80));
    assertThat(new SocketAddress("::", 1))
        .isEqualTo(new SocketAddress("0.0.0.0", 80))
        .hasSameHashCodeAs(new SocketAddress());
  }

  @Test
  void equalityWrongVersion() {
    byte[] sixteen = new byte[16];
    System.arraycopy(V4, 0, sixteen, 0, 4);
    assertThat(new SocketAddress(V4, NsapiVersion.IPV4, 80))
        .isNotEqualTo(new SocketAddress(sixteen, NsapiVersion.IPV6, 80));
  }

  @Test
  void setIpAddressKeepsThePortAndForgetsTheAddressWhenInvalid() {
    SocketAddress address = new SocketAddress("10.0.0.1", 80);
    assertThat(address.setIpAddress(null)).isFalse();
    assertThat(address.isEmpty()).isTrue();
    assertThat(address.getPort()).isEqualTo(80);
    assertThat(address.setIpAddress("10.0.0.01")).isFalse();
    assertThat(address.setIpAddress("fd77::2")).isTrue();
    assertThat(address).hasToString("[fd77::2]:80");
  }

  @Test
  void aMappedAddressIsTheIpv4AddressThatItStandsFor() {
    assertThat(new SocketAddress("::ffff:10.0.0.1", 80))
        .isEqualTo(new SocketAddress("10.0.0.1", 80));
  }

  @Test
  void portOutOfRange() {
    assertThatThrownBy(() -> new SocketAddress("10.0.0.1", 65536))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("65536 is not a port; expected 0 to 65535");
  }
}
