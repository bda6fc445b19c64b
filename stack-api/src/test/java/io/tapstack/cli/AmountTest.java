package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.wire.IpAddress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.TypeConversionException;

class AmountTest {
  @Test
  void amountsHaveUnits() {
    assertThat(new Amount.Share().convert("2%")).isEqualTo(0.02);
    assertThat(new Amount.Share().convert("0.5")).isEqualTo(0.5);
    assertThat(new Amount.Share().convert("1")).isEqualTo(1);
    assertThat(new Amount.Nanos().convert("20ms")).isEqualTo(20_000_000);
    assertThat(new Amount.Nanos().convert("1.5s")).isEqualTo(1_500_000_000);
    assertThat(new Amount.Nanos().convert("0us")).isZero();
    assertThat(new Amount.BitRate().convert("100M")).isEqualTo(100_000_000);
    assertThat(new Amount.BitRate().convert("1Gbit/s")).isEqualTo(1_000_000_000);
    assertThat(new Amount.BitRate().convert("0")).isZero();
    assertThat(new Amount.Bytes().convert("5M")).isEqualTo(5_000_000);
    assertThat(new Amount.Bytes().convert("1234")).isEqualTo(1234);
  }

  @Test
  void amountsThatMakeNoSenseAreRefused() {
    for (String text : new String[] {"", "x", "1x", "-1", "1%", "1e9", "2000T"}) {
      assertThatThrownBy(() -> new Amount.Bytes().convert(text))
          .as(text)
          .isInstanceOf(TypeConversionException.class)
          .hasMessageContaining("expected");
    }
    assertThatThrownBy(() -> new Amount.Nanos().convert("3601s")).hasMessageContaining("3600s");
  }

  @ParameterizedTest
  @CsvSource({
    "10.77.0.2/24, 10.77.0.255, true",
    "10.77.0.2/24, 10.77.1.0,   false",
    "10.77.0.2/24, fd77::1,     false",
    "10.77.0.2/0,  8.8.8.8,     true",
    "10.77.0.2/32, 10.77.0.2,   true",
    "10.77.0.2/32, 10.77.0.3,   false",
    "fd77::2/64,   fd77::1:0:0:0, true",
    "fd77::2/64,   fd77:0:0:1::1, false",
    "fd77::2/128,  fd77::3,     false",
    "fd77::2/63,   fd77:0:0:1::, true",
    "fd77::2/0,    ::1,         true",
  })
  void aPrefixReachesItsNetwork(String prefix, String other, boolean reached) {
    assertThat(Prefix.parse(prefix).reaches(IpAddress.parse(other))).isEqualTo(reached);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "999, 999 B",
    "1000, 1.0 kB",
    "999949, 999.9 kB",
    "999950, 1.0 MB",
    "50000000, 50.0 MB",
    "9223372036854775807, 9.2 EB"
  })
  void sizesAreSaidForPeople(long bytes, String text) {
    assertThat(Progress.size(bytes)).isEqualTo(text);
  }

  @Test
  void aTerminalSeesABar() {
    StringWriter out = new StringWriter();
    AtomicLong now = new AtomicLong(-5);
    Progress progress = new Progress(new PrintWriter(out), true, now::get, "get", 1000);
    progress.at(100);
    assertThat(out.toString()).isEmpty();
    now.addAndGet(100_000_000);
    progress.at(500);
    assertThat(out.toString())
        .isEqualTo("\rget [" + "=".repeat(15) + ">" + " ".repeat(14) + "]  50% 500 B, 5.0 kB/s");
    now.addAndGet(100_000_000);
    progress.end(1000);
    assertThat(out.toString())
        .contains("\rget [" + "=".repeat(30) + "] 100% 1.0 kB, 5.0 kB/s in 0.20 s");
  }

  @Test
  void aFileSeesALineNowAndThen() {
    StringWriter out = new StringWriter();
    AtomicLong now = new AtomicLong();
    Progress progress = new Progress(new PrintWriter(out), false, now::get, "get", -1);
    now.addAndGet(9_000_000_000L);
    progress.at(9);
    now.addAndGet(1_000_000_000L);
    progress.at(10);
    progress.end(20);
    assertThat(out.toString().lines())
        .containsExactly("get 10 B, 1 B/s", "get 20 B, 2 B/s in 10.00 s");
  }

  @Test
  void pingSumsUp() {
    PingStatistics statistics = new PingStatistics();
    assertThat(statistics).hasToString("0 sent, 0 received, 0% lost");
    for (int i = 0; i < 4; i++) {
      statistics.sent();
    }
    assertThat(statistics).hasToString("4 sent, 0 received, 100% lost");
    statistics.received(1_000_000);
    statistics.received(3_000_000);
    assertThat(statistics.toString().lines())
        .containsExactly(
            "4 sent, 2 received, 50% lost",
            "round trip min/avg/max/mdev = 1.000/2.000/3.000/1.000 ms");
  }
}
