package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** RFC 6298, by its paragraphs. */
class RttEstimatorTest {
  private final TcpConfig config = TcpConfig.builder().minRto(Duration.ofMillis(1)).build();
  private final RttEstimator rtt = new RttEstimator(config);

  // Proves: RFC 6298 2.1
  @Test
  void beginsWithOneSecond() { // (2.1)
    assertThat(rtt.rto()).isEqualTo(ms(1000));
  }

  // Proves: RFC 6298 2.2
  @Test
  void theFirstMeasurementSetsBothVariables() { // (2.2)
    rtt.sample(ms(100));
    assertThat(rtt.srtt()).isEqualTo(ms(100));
    assertThat(rtt.rttvar()).isEqualTo(ms(50));
    assertThat(rtt.rto()).isEqualTo(ms(300));
  }

  // Proves: RFC 6298 2.3
  @Test
  void laterMeasurementsAreSmoothed() { // (2.3): RTTVAR from the old SRTT
    rtt.sample(ms(100));
    rtt.sample(ms(180));
    assertThat(rtt.rttvar()).isEqualTo(ms(50) + (ms(80) - ms(50)) / 4);
    assertThat(rtt.srtt()).isEqualTo(ms(110));
  }

  // Proves: RFC 6298 2.4; RFC 6298 2.5
  @Test
  void hasAFloorAndACeiling() { // (2.4) and (2.5)
    RttEstimator usual = new RttEstimator(TcpConfig.defaults());
    usual.sample(ms(1));
    assertThat(usual.rto()).isEqualTo(ms(201)); // as Linux: the variation is at least 200 ms
    for (int i = 0; i < 20; i++) {
      usual.backOff();
    }
    assertThat(usual.rto()).isEqualTo(ms(60_000));
  }

  // Proves: RFC 6298 5.5
  @Test
  void doublesUntilTheNextMeasurement() { // (5.5)
    rtt.sample(ms(100));
    rtt.backOff();
    rtt.backOff();
    assertThat(rtt.rto()).isEqualTo(ms(1200));
    rtt.sample(ms(100));
    assertThat(rtt.rto()).isLessThanOrEqualTo(ms(300));
  }

  // Proves: RFC 6298 5.7
  @Test
  void aLostSynMakesThreeSeconds() { // (5.7)
    rtt.backOff();
    rtt.afterSynTimeout();
    assertThat(rtt.rto()).isEqualTo(ms(3000));
  }

  private static long ms(long milliseconds) {
    return milliseconds * 1_000_000;
  }
}
