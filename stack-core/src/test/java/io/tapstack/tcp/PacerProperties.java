package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class PacerProperties {
  private static final int MSS = 1000;
  private static final double SECOND = 1e9;

  /** No interval carries more than the rate allows, but for the burst that begins it. */
  @Property(tries = 300)
  void neverFasterThanTheRate(
      @ForAll @LongRange(min = 1000, max = 10_000_000_000L) long rate,
      @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 1, max = MSS) Integer> sizes,
      @ForAll @IntRange(max = 3_000_000) int lateness) {
    Pacer pacer = new Pacer();
    pacer.rate(rate, MSS);
    double burst = Math.max(Math.min(rate / 1000, 65_536), 2 * MSS);
    long now = 0;
    long first = 0;
    long sent = 0;
    for (int size : sizes) {
      long at = pacer.delayUntil(now);
      if (at > now) {
        now = at + lateness; // timers may be late
      }
      pacer.onSent(size, now);
      sent += size;
      // A burst of credit for a late timer, and a burst with its last segment beyond it.
      assertThat(sent - 2 * burst - MSS).isLessThanOrEqualTo(rate * (now - first) / SECOND);
    }
  }

  /** Timers that come no later than a burst lasts cost nothing. */
  @Property(tries = 300)
  void asFastAsTheRate(
      @ForAll @LongRange(min = 100_000, max = 60_000_000L) long rate,
      @ForAll @IntRange(min = 1, max = 999_000) int lateness) {
    Pacer pacer = new Pacer();
    pacer.rate(rate, MSS);
    long now = 0;
    long sent = 0;
    for (int i = 0; i < 2000; i++) {
      long at = pacer.delayUntil(now);
      if (at > now) {
        now = at + lateness;
      }
      pacer.onSent(MSS, now);
      sent += MSS;
    }
    double ideal = sent / (double) rate * SECOND;
    assertThat((double) now).isLessThanOrEqualTo(1.001 * ideal + lateness);
  }

  @Property
  void aRateOfZeroNeverWaits(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 4) long now,
      @ForAll @IntRange(min = 1, max = 65_536) int bytes) {
    Pacer pacer = new Pacer();
    pacer.onSent(bytes, now);
    assertThat(pacer.isPacing()).isFalse();
    assertThat(pacer.delayUntil(now)).isEqualTo(now);
    pacer.rate(1000, MSS);
    assertThat(pacer.delayUntil(now)).isEqualTo(now);
    pacer.onSent(bytes, now);
    assertThat(pacer.isPacing()).isTrue();
  }

  @Property
  void aRateChangesFromOneSegmentToTheNext(
      @ForAll @LongRange(min = 1000, max = 1_000_000_000L) long rate) {
    Pacer pacer = new Pacer();
    pacer.rate(1000, MSS);
    pacer.onSent(MSS, 0);
    pacer.onSent(MSS, 0);
    assertThat(pacer.delayUntil(0)).isEqualTo(2_000_000_000L);
    pacer.rate(0, MSS);
    assertThat(pacer.delayUntil(0)).isZero();
    pacer.rate(rate, MSS);
    assertThat(pacer.rate()).isEqualTo(rate);
  }

  /** Linux: twice the window a round trip in slow start, 1.2 times in congestion avoidance. */
  @Property
  void theRateOfAWindow(@ForAll @IntRange(min = MSS, max = 1 << 24) int window) {
    long srtt = 100_000_000;
    assertThat(Pacer.rate(window, Integer.MAX_VALUE, srtt)).isEqualTo(window * 20L);
    assertThat(Pacer.rate(window, window, srtt)).isBetween(window * 12L - 1, window * 12L);
    assertThat(Pacer.rate(window, window, 0)).isZero();
  }
}
