package io.tapstack.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StandardServicesTest {
  private static final byte[] NONE = new byte[0];

  @Test
  void echoSendsBackWhatCame() throws IOException {
    byte[] said = new byte[200_000];
    new Random(1).nextBytes(said);
    MemoryStream stream = new MemoryStream(said, 1000);
    StandardServices.echo(stream);
    assertThat(stream.written()).isEqualTo(said);
  }

  @Test
  void discardReadsAllAndSaysNothing() throws IOException {
    MemoryStream stream = new MemoryStream(new byte[200_000], 1000);
    StandardServices.discard(stream);
    assertThat(stream.unread()).isZero();
    assertThat(stream.written()).isEmpty();
  }

  @Test
  void chargenTurnsTheAlphabetUntilThePeerLeaves() {
    MemoryStream stream = new MemoryStream(new byte[5000], 1000, 20_000);
    assertThatThrownBy(() -> StandardServices.chargen(stream)).isInstanceOf(IOException.class);
    assertThat(stream.unread()).isZero();
    String[] lines = new String(stream.written(), StandardCharsets.US_ASCII).split("\r\n");
    assertThat(lines).hasSizeGreaterThan(95);
    // RFC 864: the example begins with the characters from space on, each line one further.
    assertThat(lines[0]).hasSize(72).startsWith(" !\"#$%&'()*+").endsWith("fg");
    for (int i = 1; i < lines.length; i++) {
      assertThat(lines[i]).hasSize(72).startsWith(lines[i - 1].substring(1));
    }
    assertThat(lines[95]).isEqualTo(lines[0]);
  }

  @Test
  void chargenAnswersADatagramWithUpTo512Characters() {
    UdpService chargen = StandardServices.chargen(new Random(2));
    byte[] answer = new byte[2048];
    int longest = 0;
    for (int i = 0; i < 2000; i++) {
      int length = chargen.answer(NONE, 0, answer);
      assertThat(length).isBetween(0, 512);
      longest = Math.max(longest, length);
    }
    assertThat(longest).isGreaterThan(500);
    assertThat(new String(answer, 0, 3, StandardCharsets.US_ASCII)).isEqualTo(" !\"");
  }

  @Test
  void theUdpFormsOfEchoAndDiscard() {
    byte[] answer = new byte[10];
    assertThat(StandardServices.echo(new byte[] {1, 2, 3}, 2, answer)).isEqualTo(2);
    assertThat(answer).startsWith(1, 2, 0);
    assertThat(StandardServices.discard(new byte[3], 3, answer)).isEqualTo(UdpService.SILENCE);
  }

  @Test
  void daytimeAndTimeTellTheClock() {
    // RFC 868's example: 2,629,584,000 corresponds to 00:00 1 May 1983 GMT.
    Clock clock = Clock.fixed(Instant.parse("1983-05-01T00:00:00Z"), ZoneOffset.UTC);
    assertThat(StandardServices.daytime(clock)).asString().isEqualTo("01 MAY 83 00:00:00 UTC\r\n");
    byte[] time = StandardServices.time(clock);
    assertThat(new java.math.BigInteger(1, time).longValue()).isEqualTo(2_629_584_000L);
    assertThat(time).hasSize(4);
  }

  @Test
  void timeBeginsAgainIn2036() {
    Clock clock = Clock.fixed(Instant.parse("2036-02-07T06:28:17Z"), ZoneOffset.UTC);
    assertThat(StandardServices.time(clock)).containsExactly(0, 0, 0, 1);
  }
}
