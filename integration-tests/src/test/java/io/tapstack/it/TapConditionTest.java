package io.tapstack.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** TAP tests may be skipped, but never quietly and never under CI. */
class TapConditionTest {
  private static final String REASON = "unshare -rn: Operation not permitted";

  @Test
  void withoutTheLauncherTheyAreSkippedAndSaySo() {
    ConditionEvaluationResult result = new TapCondition(null, false).decide();
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow())
        .contains("not started in a network namespace")
        .contains("mvn verify");
  }

  @Test
  void withoutANamespaceTheySayWhatTheSystemSaid() {
    ConditionEvaluationResult result = new TapCondition(REASON, false).decide();
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow()).contains(REASON).contains("run as root");
  }

  @Test
  void underCiTheyAreNotSkippedButFail() {
    TapCondition condition = new TapCondition(REASON, true);
    assertThat(condition.decide().isDisabled()).isFalse();
    assertThatThrownBy(condition::insist)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CI=true")
        .hasMessageContaining(REASON);
  }
}
