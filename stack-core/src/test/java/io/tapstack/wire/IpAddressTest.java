package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

  /** RFC 5952 sections 4 and 5, and the forms of RFC 4291 section 2.2. */
  @ParameterizedTest
  @CsvSource({
    "2001:0db8:0000:0000:0001:0000:0000:0001, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:DB8::A, 2001:db8::a",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "0:0:0:0:0:0:0:0, ::",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "fe80::1, fe80::1",
    "::ffff:10.77.0.2, 10.77.0.2",
    "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
    "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304",
    "10.77.0.2, 10.77.0.2",
    "255.255.255.255, 255.255.255.255",
    "0.0.0.0, 0.0.0.0"
  })
  void printsTheCanonicalForm(String written, String canonical) {
    assertThat(IpAddress.parse(written)).hasToString(canonical);
    assertThat(IpAddress.parse(canonical)).isEqualTo(IpAddress.parse(written));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        ":::",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.4 ",
        " ::1",
        "1..2.3",
        "1.2.3.",
        ".1.2.3",
        "-1.2.3.4",
        "1.2.3.٤",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2::3",
        ":1::2",
        "1::2:",
        "12345::",
        "g::",
        "::1%eth0",
        "[::1]",
        "1.2.3.4::",
        "1.2.3.4::1",
        "::1.2.3.4:5",
        "::1.2.3",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "::٤"
      })
  void refusesWhatIsNoAddress(String text) {
    assertThat(IpAddress.parseOrNull(text)).isNull();
    assertThatThrownBy(() -> IpAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an IP address");
  }

  @Test
  void knowsWhatAddressesAreFor() {
    assertThat(IpAddress.parse("224.0.0.1").isMulticast()).isTrue();
    assertThat(IpAddress.parse("239.255.255.255").isMulticast()).isTrue();
    assertThat(IpAddress.parse("223.255.255.255").isMulticast()).isFalse();
    assertThat(IpAddress.BROADCAST_V4.isMulticast()).isFalse();
    assertThat(IpAddress.ALL_NODES.isMulticast()).isTrue();
    assertThat(IpAddress.ALL_NODES).hasToString("ff02::1");
    assertThat(IpAddress.parse("fe00::").isMulticast()).isFalse();
    assertThat(IpAddress.ANY_V4.isAny()).isTrue();
    assertThat(IpAddress.ANY_V6.isAny()).isTrue();
    assertThat(IpAddress.parse("::1").isAny()).isFalse();
    assertThat(IpAddress.parse("127.8.9.1").isLoopback()).isTrue();
    assertThat(IpAddress.parse("::1").isLoopback()).isTrue();
    assertThat(IpAddress.parse("::2").isLoopback()).isFalse();
    assertThat(IpAddress.parse("febf::1").isLinkLocalV6()).isTrue();
    assertThat(IpAddress.parse("fec0::1").isLinkLocalV6()).isFalse();
    assertThat(IpAddress.parse("169.254.1.1").isLinkLocalV6()).isFalse();
    assertThat(IpAddress.parse("10.0.0.1").bits()).isEqualTo(32);
    assertThat(IpAddress.parse("::10.0.0.1").bits()).isEqualTo(128);
  }

  @Test
  void makesTheSolicitedNodeGroup() {
    assertThat(IpAddress.parse("2001:db8::12:3456:789a").solicitedNode())
        .hasToString("ff02::1:ff56:789a");
  }

  @Test
  void sortsUnsigned() {
    assertThat(IpAddress.parse("fe80::1")).isGreaterThan(IpAddress.parse("2001::"));
    assertThat(IpAddress.parse("200.0.0.1")).isGreaterThan(IpAddress.parse("100.0.0.1"));
    assertThat(IpAddress.parse("::2")).isGreaterThan(IpAddress.parse("::1"));
  }

  @Test
  void refusesOtherLengths() {
    assertThatThrownBy(() -> IpAddress.ofBytes(new byte[5]))
        .hasMessageContaining("5 bytes are no IP address");
  }
}
