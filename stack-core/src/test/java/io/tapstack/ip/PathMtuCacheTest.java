package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.StackTime;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is remembered of paths, and for how long. */
class PathMtuCacheTest {
  private static final long HIGH = 0x2001_0db8L << 32;

  private final StackTime time = new StackTime(17);
  private final PathMtuCache cache = new PathMtuCache(time, new Random(1));

  private int mtu(int destination) {
    return cache.mtu(HIGH, destination, 0, 1500);
  }

  private boolean lower(int destination, int mtu) {
    return cache.lower(HIGH, destination, 0, mtu);
  }

  /** Proves: RFC 1191 3; RFC 8201 4 */
  @Test
  void aPathOnlyShrinks() {
    assertThat(mtu(1)).isEqualTo(1500);
    assertThat(lower(1, 1400)).isTrue();
    assertThat(lower(1, 1450)).isFalse();
    assertThat(lower(1, 1400)).isFalse();
    assertThat(mtu(1)).isEqualTo(1400);
    assertThat(lower(1, 1300)).isTrue();
    assertThat(mtu(1)).isEqualTo(1300);
    assertThat(mtu(2)).as("another destination").isEqualTo(1500);
    assertThat(cache.mtu(0, 1, 0, 1500)).isEqualTo(1500);
    assertThat(cache.lowered()).isEqualTo(2);
  }

  @Test
  void thePathIsNeverWiderThanTheLink() {
    lower(1, 9000);
    assertThat(mtu(1)).isEqualTo(1500);
    assertThat(cache.mtu(HIGH, 1, 0, 9216)).isEqualTo(9000);
  }

  /** Proves: RFC 1191 6.3; RFC 8201 5.3 */
  @Test
  void whatWasLearnedIsForgottenAfterTenMinutes() {
    lower(1, 1400);
    time.advance(17 + PathMtuCache.LIFETIME_NANOS - 1);
    assertThat(mtu(1)).isEqualTo(1400);
    time.advance(17 + PathMtuCache.LIFETIME_NANOS);
    assertThat(mtu(1)).isEqualTo(1500);
    assertThat(cache.size()).isZero();
    assertThat(cache.expired()).isEqualTo(1);
    assertThat(lower(1, 1450)).as("more than was known before").isTrue();
  }

  @Test
  void aMessageThatSaysTheSameConfirmsIt() {
    lower(1, 1400);
    time.advance(300_000_000_000L);
    lower(1, 1450); // this one is not believed, and confirms nothing
    lower(2, 1400);
    lower(2, 1400);
    time.advance(17 + PathMtuCache.LIFETIME_NANOS);
    assertThat(mtu(1)).isEqualTo(1500);
    assertThat(mtu(2)).isEqualTo(1400);
    assertThat(cache.lower(HIGH, 2, 0, 1400)).isFalse();
    time.advance(2 * PathMtuCache.LIFETIME_NANOS);
    assertThat(mtu(2)).isEqualTo(1400);
  }

  @Test
  void whatIsTooOldDoesNotHoldANewMessageBack() {
    lower(1, 1300);
    time.advance(17 + PathMtuCache.LIFETIME_NANOS);
    assertThat(lower(1, 1400)).isTrue();
    assertThat(mtu(1)).isEqualTo(1400);
  }

  /** Proves: attack 45 */
  @Test
  void aFloodOfDestinationsCostsTheOldestTheirPlaceAndNothingElse() {
    lower(1, 1400);
    lower(2, 1400);
    for (int i = 0; i < 100_000; i++) {
      lower(100 + i, 1300);
      assertThat(mtu(1)).isEqualTo(1400); // it is in use
    }
    assertThat(cache.size()).isEqualTo(PathMtuCache.CAPACITY);
    assertThat(cache.evicted()).isEqualTo(100_002 - PathMtuCache.CAPACITY);
    assertThat(mtu(2)).isEqualTo(1500);
    assertThat(lower(2, 1400)).as("learned again").isTrue();
    assertThat(mtu(2)).isEqualTo(1400);
  }

  @Test
  void whatIsKnownForAPortHoldsForThatPort() {
    cache.lower(HIGH, 1, 53, 1300);
    assertThat(cache.mtu(HIGH, 1, 53, 1500)).isEqualTo(1300);
    assertThat(cache.mtu(HIGH, 1, 54, 1500)).isEqualTo(1500);
    assertThat(cache.mtu(HIGH, 1, 0, 1500)).isEqualTo(1500);
    cache.forget(HIGH, 1, 54);
    assertThat(cache.size()).isEqualTo(1);
    cache.forget(HIGH, 1, 53);
    assertThat(cache.size()).isZero();
    assertThat(cache.mtu(HIGH, 1, 53, 1500)).isEqualTo(1500);
  }
}
