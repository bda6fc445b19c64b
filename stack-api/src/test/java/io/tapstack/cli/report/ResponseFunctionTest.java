package io.tapstack.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The formulas against numbers from the papers, and some computed by hand. */
class ResponseFunctionTest {
  @Test
  void renoIsOneOverTheRootOfLoss() {
    assertThat(ResponseFunction.reno(0.01)).isEqualTo(13.1, within(1e-9));
    assertThat(ResponseFunction.reno(0.0001)).isEqualTo(131, within(1e-9));
    assertThat(ResponseFunction.reno(0)).isInfinite();
  }

  /**
   * RFC 9438 section 5.1, tables 1 and 2, list the average windows of CUBIC for an RTT of 0.1 and
   * 0.01 s; they print the larger of its two regions.
   */
  @Test
  void cubicIsWhatRfc9438Prints() {
    // Loss rate, and the columns "CUBIC" of table 1 (RTT 0.1 s) and table 2 (RTT 0.01 s).
    double[][] printed = {
      {1e-2, 12, 12},
      {1e-3, 38, 38},
      {1e-4, 187, 120},
      {1e-5, 1054, 379},
      {1e-6, 5926, 1200},
      {1e-7, 33325, 5926},
      {1e-8, 187400, 33325}
    };
    for (double[] row : printed) {
      // The RFC prints whole numbers, and takes 1.2 for the root of 3/2 in the Reno-friendly
      // region.
      assertThat(ResponseFunction.cubic(row[0], 0.1)).isCloseTo(row[1], within(row[1] * 0.023 + 1));
      assertThat(ResponseFunction.cubic(row[0], 0.01))
          .isCloseTo(row[2], within(row[2] * 0.023 + 1));
    }
  }

  @Test
  void cubicHasTwoRegions() {
    // (0.4 * 3.7 / 1.2)^(1/4) * (0.05/0.01)^(3/4) = 1.05383 * 3.34370
    assertThat(ResponseFunction.cubicRegion(0.01, 0.05)).isEqualTo(3.5237, within(1e-3));
    // alpha (1 + beta) / (2 (1 - beta)) is 3/2, Reno's: sqrt(150)
    assertThat(ResponseFunction.renoFriendlyRegion(0.01)).isEqualTo(12.2474, within(1e-3));
    assertThat(ResponseFunction.cubic(0.01, 0.05)).isEqualTo(12.2474, within(1e-3));
  }

  @Test
  void padhyeCountsTimeouts() {
    // p 0.02, RTT 0.2 s, RTO 1 s, b 2: 0.2 * sqrt(0.08 / 3) = 0.0326599;
    // 3 * sqrt(0.12 / 8) = 0.367423; * 0.02 * (1 + 32 * 0.0004) = 0.00744253
    assertThat(ResponseFunction.padhye(0.02, 0.2, 1, 2)).isEqualTo(24.936, within(1e-2));
    // At much loss the second factor is 1: 0.05 * sqrt(1/3) + 0.2 * 0.5 * 9
    assertThat(ResponseFunction.padhye(0.5, 0.05, 0.2, 1)).isEqualTo(1.07660, within(1e-4));
  }

  @Test
  void jainsIndexIsThatOfThePaper() {
    assertThat(JainIndex.of(3, 3, 3)).isEqualTo(1);
    assertThat(JainIndex.of(1, 0, 0, 0)).isEqualTo(0.25);
    assertThat(JainIndex.of(3, 1)).isEqualTo(0.8, within(1e-12));
    assertThat(JainIndex.of(0, 0)).isEqualTo(1);
  }

  @Test
  void theLimitIsTheSmallestOfThree() {
    SimPath path = SimPath.of(50_000_000, 100_000_000);
    Limit bottleneck = Limit.of(path, "reno", 16 << 20);
    assertThat(bottleneck.reason()).isEqualTo(Limit.Reason.BOTTLENECK);
    assertThat(bottleneck.bitsPerSecond()).isEqualTo(1e8 * 1448 / 1514, within(1.0));

    Limit window = Limit.of(path, "reno", 125_000);
    assertThat(window.reason()).isEqualTo(Limit.Reason.WINDOW);
    assertThat(window.bitsPerSecond()).isEqualTo(20e6, within(1.0));

    Limit response = Limit.of(path.lossy(0.01), "reno", 16 << 20);
    assertThat(response.reason()).isEqualTo(Limit.Reason.RESPONSE);
    // 13.1 segments of 1448 bytes in 50 ms and the 121.12 us that a frame takes
    assertThat(response.bitsPerSecond()).isEqualTo(3_027_600, within(100.0));

    Limit bbr = Limit.of(path.lossy(0.01), "bbr", 16 << 20);
    assertThat(bbr.reason()).isEqualTo(Limit.Reason.BOTTLENECK);
    assertThat(bbr.bitsPerSecond()).isEqualTo(0.99e8 * 1448 / 1514, within(1.0));
  }

  @Test
  void theIdealSenderReachesTheFormulasWhereTheyHold() {
    double many = 1e9;
    for (double loss : new double[] {1e-4, 1e-3}) {
      assertThat(IdealWindow.segments("reno", loss, 0.05, many) / ResponseFunction.reno(loss))
          .as("Mathis et al. for %s", loss)
          .isBetween(0.95, 1.02);
      // Losses at random, and growth as fast as Reno's after the last maximum, make it faster.
      assertThat(IdealWindow.segments("cubic", loss, 0.3, many) / ResponseFunction.cubic(loss, 0.3))
          .as("RFC 9438 for %s", loss)
          .isBetween(1.0, 1.2);
    }
    assertThat(IdealWindow.segments("reno", 0.0001, 0.05, 20))
        .as("no more than the path carries")
        .isBetween(19.0, 20.0);
  }
}
