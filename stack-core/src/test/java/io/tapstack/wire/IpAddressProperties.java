package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** Addresses held against java.net.InetAddress, which never asks a resolver about a literal. */
class IpAddressProperties {

  @Property
  void agreesWithTheJdk(@ForAll("sparse") byte[] bytes) throws UnknownHostException {
    InetAddress model = InetAddress.getByAddress(bytes);
    IpAddress address = IpAddress.ofBytes(bytes);

    // The JDK, too, takes IPv4-mapped addresses for IPv4.
    assertThat(address.isV4()).isEqualTo(model instanceof Inet4Address);
    assertThat(address.toBytes()).isEqualTo(model.getAddress());
    assertThat(IpAddress.parse(model.getHostAddress())).isEqualTo(address);
    assertThat(InetAddress.getByName(address.toString())).isEqualTo(model);
    assertThat(address.isMulticast()).isEqualTo(model.isMulticastAddress());
    assertThat(address.isAny()).isEqualTo(model.isAnyLocalAddress());
    assertThat(address.isLoopback()).isEqualTo(model.isLoopbackAddress());
    if (!address.isV4()) {
      assertThat(address.isLinkLocalV6()).isEqualTo(model.isLinkLocalAddress());
    }
  }

  @Property
  void printsCanonically(@ForAll("sparse") byte[] bytes) {
    IpAddress address = IpAddress.ofBytes(bytes);
    String text = address.toString();

    assertThat(IpAddress.parse(text)).isEqualTo(address);
    assertThat(text).isLowerCase();
    if (!address.isV4()) {
      assertThat(text).doesNotContainPattern("(^|:)0[0-9a-f]"); // RFC 5952 section 4.1
      String beside = text.replace("::", ":x:");
      int longest = longestZeroRun(bytes);
      if (longest >= 2) {
        assertThat(text).contains("::"); // section 4.2.1
        assertThat(beside).doesNotContainPattern("(^|:)0(:0){" + longest + ",}");
      } else {
        assertThat(text).doesNotContain("::"); // section 4.2.2
      }
    }
  }

  private static int longestZeroRun(byte[] bytes) {
    int longest = 0;
    int run = 0;
    for (int i = 0; i < bytes.length; i += 2) {
      run = bytes[i] == 0 && bytes[i + 1] == 0 ? run + 1 : 0;
      longest = Math.max(longest, run);
    }
    return longest;
  }

  @Property
  void neverThrowsAnythingElse(@ForAll("addressLike") String text) {
    IpAddress parsed = IpAddress.parseOrNull(text);
    if (parsed != null) {
      assertThat(IpAddress.parse(parsed.toString())).isEqualTo(parsed);
    }
  }

  @Property
  void refusesWhatTheJdkRefuses(@ForAll("addressLike") String text) {
    // Only with a colon: without one the JDK would ask a resolver, or read "1.2" as "1.0.0.2".
    String literal = text.indexOf(':') < 0 ? "::" + text : text;
    boolean jdk;
    try {
      InetAddress.getByName(literal);
      jdk = true;
    } catch (UnknownHostException refused) {
      jdk = false;
    }
    if (!jdk) {
      assertThat(IpAddress.parseOrNull(literal)).as(literal).isNull();
    }
  }

  /** Addresses with many zero groups, of both families. */
  @Provide
  Arbitrary<byte[]> sparse() {
    Arbitrary<Byte> octet =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.just((byte) 0)),
            Tuple.of(1, Arbitraries.just((byte) -1)),
            Tuple.of(2, Arbitraries.bytes()));
    return Arbitraries.oneOf(
        octet.array(byte[].class).ofSize(16), octet.array(byte[].class).ofSize(4));
  }

  @Provide
  Arbitrary<String> addressLike() {
    return Arbitraries.strings().withChars("0123456789abcdefABF:::..").ofMaxLength(24);
  }

  @Property
  void macsRoundTrip(@ForAll @Size(6) byte[] bytes) {
    long mac = Mac.read(ByteBuffer.wrap(bytes), 0);
    ByteBuffer written = ByteBuffer.allocate(6);
    Mac.write(written, 0, mac);

    assertThat(written.array()).isEqualTo(bytes);
    assertThat(Mac.parse(Mac.toString(mac))).isEqualTo(mac);
    assertThat(Mac.parse(Mac.toString(mac).replace(':', '-').toUpperCase(Locale.ROOT)))
        .isEqualTo(mac);
    assertThat(Mac.isGroup(mac)).isEqualTo((bytes[0] & 1) != 0);
    long local = Mac.locallyAdministered(mac);
    assertThat(Mac.isUnicast(local)).isTrue();
    assertThat(local & 0xfcff_ffff_ffffL).isEqualTo(mac & 0xfcff_ffff_ffffL);
  }
}
