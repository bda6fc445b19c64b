package io.tapstack.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;

/** TAP tests may be skipped, but never quietly and never under CI. */
class TapConditionTest {
  private static final String REASON = "unshare -rn: Operation not permitted";

  @Test
  void withoutTheLauncherTheyTouchNoNetwork() {
    assertThat(new TapCondition(null, false).missing())
        .contains("not started in a network namespace")
        .contains("mvn verify");
  }

  @Test
  void withoutANamespaceTheySayWhatTheSystemSaid() {
    assertThat(new TapCondition(REASON, false).missing()).contains(REASON).contains("run as root");
  }

  @Test
  void whatIsMissingIsTheReasonOfTheSkip() {
    TapCondition condition = new TapCondition(REASON, false);
    ConditionEvaluationResult result = condition.decide(Optional.of(REASON));
    assertThat(result.isDisabled()).isTrue();
    assertThat(result.getReason().orElseThrow()).contains(REASON);
    assertThat(condition.decide(Optional.empty()).isDisabled()).isFalse();
  }

  @Test
  void underCiTheyAreNotSkippedButFail() {
    TapCondition condition = new TapCondition(REASON, true);
    assertThat(condition.decide(Optional.of(REASON)).isDisabled()).isFalse();
    assertThatThrownBy(() -> condition.insist(Optional.of(REASON)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("CI=true")
        .hasMessageContaining(REASON);
    condition.insist(Optional.empty());
  }
}
