package io.tapstack.wire;

import static io.tapstack.wire.Segments.syn;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class TcpOptionsTest {
  private final TcpOptions options = new TcpOptions();

  /** Parses a header that carries these options, with nothing readable behind it. */
  private void parse(String hex) {
    Bytes raw = Bytes.ofHex(hex);
    ByteBuffer segment = ByteBuffer.allocate(TcpHeader.MIN_LENGTH + raw.length());
    TcpHeader.write(segment, 0, 1, 2, 3, 4, segment.capacity(), 0, 0, 0);
    raw.write(segment, TcpHeader.MIN_LENGTH);
    options.parse(segment, 0);
  }

  private void assertNothingRead() {
    assertThat(options.mss()).isEqualTo(-1);
    assertThat(options.windowScale()).isEqualTo(-1);
    assertThat(options.sackPermitted()).isFalse();
    assertThat(options.hasTimestamps()).isFalse();
    assertThat(options.sackBlocks()).isZero();
  }

  // Proves: RFC 9293 MUST-4
  @Test
  void readsWhatLinuxSends() {
    parse("020405b4 0402 080a 00000001 ffffffff 01 030307");
    assertThat(options.mss()).isEqualTo(1460);
    assertThat(options.sackPermitted()).isTrue();
    assertThat(options.timestampValue()).isEqualTo(1);
    assertThat(options.timestampEcho()).isEqualTo(-1);
    assertThat(options.windowScale()).isEqualTo(7);
    assertThat(options.isMalformed()).isFalse();
  }

  @Test
  void forgetsThePreviousSegment() {
    parse("020405b4 0402 080a 00000001 ffffffff 01 030307");
    parse("0101050a 00000001 00000005");
    assertThat(options.sackBlocks()).isEqualTo(1);
    parse("");
    assertNothingRead();
    assertThat(options.isMalformed()).isFalse();
  }

  // Proves: RFC 9293 MUST-6
  @Test
  void skipsUnknownOptionsByTheirLength() { // MUST-6
    parse("fd04 0203 0204 0218 fe02 0101");
    assertThat(options.mss()).isEqualTo(0x218);
    assertThat(options.isMalformed()).isFalse();
  }

  // Proves: RFC 9293 MUST-64
  @Test
  void readsOptionsWithoutAlignment() { // MUST-64
    parse("01 0204 05b4 01 0101");
    assertThat(options.mss()).isEqualTo(1460);
  }

  // Proves: RFC 9293 MUST-4
  @Test
  void stopsAtTheEnd() {
    parse("00 020405b4 000000");
    assertNothingRead();
    assertThat(options.isMalformed()).isFalse();
  }

  // Proves: RFC 9293 MUST-7; attack 2
  @Test
  void stopsAtAnIllegalLengthAndKeepsWhatCameBefore() { // MUST-7
    for (String broken : new String[] {"fd00", "fd01", "0201", "0200", "fd07", "fdff"}) {
      parse("020405b4" + broken + "0402");
      assertThat(options.mss()).as(broken).isEqualTo(1460);
      assertThat(options.sackPermitted()).as(broken).isFalse();
      assertThat(options.isMalformed()).as(broken).isTrue();
    }
  }

  @Test
  void stopsAtAnOptionWithoutALength() {
    parse("010101 02");
    assertNothingRead();
    assertThat(options.isMalformed()).isTrue();
  }

  @Test
  void ignoresKnownOptionsOfTheWrongLength() {
    parse("0203 05 0304 0102 0403 00 0806 0000 0000 0509 00000000000000 010101");
    assertNothingRead();
    assertThat(options.isMalformed()).isFalse();
  }

  // Proves: RFC 7323 2.3; attack 56
  @Test
  void capsTheWindowScale() { // RFC 7323 section 2.3
    parse("0303ff 00");
    assertThat(options.windowScale()).isEqualTo(14);
  }

  // Proves: RFC 2018 3
  @Test
  void readsAllSackBlocksThatFit() {
    parse("0101 0522 00000001 00000002 00000003 00000004 00000005 00000006 fffffff0 00000010");
    assertThat(options.sackBlocks()).isEqualTo(4);
    assertThat(options.sackLeft(0)).isEqualTo(1);
    assertThat(options.sackRight(0)).isEqualTo(2);
    assertThat(options.sackLeft(3)).isEqualTo(0xffff_fff0);
    assertThat(options.sackRight(3)).isEqualTo(16);
  }

  @Test
  void aSetKeepsWhatTheParserSkips() {
    Bytes unknown = Bytes.ofHex("fd040203 fe020101");
    TcpSegment segment = syn().mss(536).rawOptions(unknown);
    ByteBuffer wire = ByteBuffer.allocate(segment.length());
    IpAddress any = IpAddress.ANY_V4;
    segment.write(wire, 0, any, any);

    TcpSegment parsed = TcpSegment.parse(wire, 0, wire.capacity());
    assertThat(parsed.options().mss()).isEqualTo(536);
    assertThat(parsed.options().extra()).isEqualTo(Bytes.ofHex("fd040203 fe02"));
    assertThat(parsed.words()).isEqualTo("S seq 0 win 65535 <mss 536,unknown fd040203fe02>");
  }
}
