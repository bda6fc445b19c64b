package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MacTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "02:00:5e:10:00", "02:00:5e:10:00:01:02", "02:00:5e:10:00:0g", "02005e100001"})
  void refusesWhatIsNoMac(String text) {
    assertThatThrownBy(() -> Mac.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not a MAC address");
  }

  @Test
  void mapsGroups() {
    assertThat(Mac.toString(Mac.ofIpv4Multicast(IpAddress.parse("239.129.2.3").low())))
        .isEqualTo("01:00:5e:01:02:03");
    assertThat(Mac.toString(Mac.ofIpv6Multicast(IpAddress.parse("ff02::1:ff12:3456").low())))
        .isEqualTo("33:33:ff:12:34:56");
  }

  @Test
  void tellsStationsFromGroups() {
    assertThat(Mac.isGroup(Mac.BROADCAST)).isTrue();
    assertThat(Mac.isUnicast(Mac.BROADCAST)).isFalse();
    assertThat(Mac.isUnicast(0)).isFalse();
    assertThat(Mac.isUnicast(Mac.parse("02:00:00:00:00:01"))).isTrue();
  }
}
