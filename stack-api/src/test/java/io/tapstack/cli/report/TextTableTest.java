package io.tapstack.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void wordsStandLeftAndNumbersRight() {
    TextTable table = new TextTable("name", "value", "share").row("a", 1.5, "9 %");
    assertThat(table.row("longer", 100, "10 %").toString())
        .isEqualTo(
            """
              name    value  share
              a         1.5    9 %
              longer    100   10 %
            """);
    assertThatThrownBy(() -> table.row("one")).hasMessageContaining("1 cells");
  }
}
