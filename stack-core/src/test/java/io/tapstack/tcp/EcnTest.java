package io.tapstack.tcp;

import static io.tapstack.wire.TcpHeader.CWR;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When the sender reduces, and when it says so. */
class EcnTest {
  private static final int WRAP = Integer.MAX_VALUE - 100; // numbers that wrap meanwhile

  private static Ecn granted() {
    Ecn ecn = new Ecn(EcnMode.PASSIVE);
    ecn.accepted(true, false);
    assertThat(ecn.isNegotiated()).isTrue();
    return ecn;
  }

  /** Proves: RFC 3168 6.1.2; attack 77 */
  @Test
  void reducesOncePerWindowWhateverThePeerSays() {
    Ecn ecn = granted();
    assertThat(ecn.acknowledged(false, WRAP, WRAP + 1000)).isFalse();
    assertThat(ecn.acknowledged(true, WRAP + 100, WRAP + 1000)).isTrue();
    for (int ack = 101; ack <= 1000; ack++) { // of what was in flight then
      assertThat(ecn.acknowledged(true, WRAP + ack, WRAP + 2000)).isFalse();
    }
    assertThat(ecn.acknowledged(true, WRAP + 1001, WRAP + 2000)).isTrue();
    assertThat(ecn.acknowledged(true, WRAP + 2000, WRAP + 2000)).isFalse();
  }

  /** Proves: RFC 3168 6.1.2 */
  @Test
  void saysSoOnTheFirstNewDataAfterEachReduction() {
    Ecn ecn = granted();
    assertThat(ecn.flagsForData()).isZero();
    ecn.acknowledged(true, WRAP, WRAP + 1000);
    assertThat(ecn.flagsForData()).isEqualTo(CWR);
    assertThat(ecn.flagsForData()).isZero();
    ecn.acknowledged(true, WRAP + 500, WRAP + 2000);
    assertThat(ecn.flagsForData()).isZero();
    ecn.acknowledged(true, WRAP + 1500, WRAP + 2000);
    assertThat(ecn.flagsForData()).isEqualTo(CWR);
  }

  /** Proves: RFC 3168 6.1.2 */
  @Test
  void aReductionForALossCountsAsWell() {
    Ecn ecn = granted();
    ecn.reducedTo(WRAP + 1000);
    assertThat(ecn.flagsForData()).isEqualTo(CWR);
    assertThat(ecn.acknowledged(true, WRAP + 1000, WRAP + 1500)).isFalse();
    assertThat(ecn.acknowledged(true, WRAP + 1001, WRAP + 1500)).isTrue();
  }

  @Test
  void withoutAgreementEceMeansNothing() {
    Ecn ecn = new Ecn(EcnMode.PASSIVE);
    ecn.accepted(false, false);
    assertThat(ecn.acknowledged(true, 100, 1000)).isFalse();
    ecn.reducedTo(1000);
    assertThat(ecn.flagsForData()).isZero();
    assertThat(ecn.field(true)).isZero();
    assertThat(ecn.received(0, Ecn.CE)).isFalse();
    assertThat(ecn.flagsForAck()).isZero();
  }
}
