package io.tapstack.requirements;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Citations are found where they may stand, and whatever else looks like one is named. */
class CitationScannerTest {
  private final CitationScanner scanner = new CitationScanner();

  private List<String> java(String text) {
    scanner.java("m/src/test/java/FooTest.java", text.lines().toList());
    return found();
  }

  private List<String> script(String text) {
    scanner.script("m/scripts/foo.pkt", text.lines().toList());
    return found();
  }

  private List<String> found() {
    return scanner.citations().stream()
        .map(c -> c.key() + " by " + c.test() + " at " + c.place().replaceFirst(".*/", ""))
        .toList();
  }

  @Test
  void aCommentAboveAMethodCites() {
    assertThat(
            java(
                """
                class FooTest {
                  // Why it is so.
                  // Proves: RFC 9293 MUST-10; RFC 8985 7.2
                  @Test
                  void opens() {
                    call();
                  }

                  /** Sentence. Proves: attack 13; attack java (in a few words). */
                  @Property(tries = 10)
                  boolean bounded(@ForAll("x") int x) {
                """))
        .containsExactly(
            "RFC 9293 MUST-10 by FooTest.opens at FooTest.java:3",
            "RFC 8985 7.2 by FooTest.opens at FooTest.java:3",
            "attack 13 by FooTest.bounded at FooTest.java:9",
            "attack java by FooTest.bounded at FooTest.java:9");
    assertThat(scanner.faults()).isEmpty();
  }

  @Test
  void aCommentThatIsWrappedCites() {
    assertThat(
            java(
                """
                /**
                 * Two paragraphs.
                 *
                 * <p>Proves: RFC 9293
                 * MUST-10; RFC 2883 4.1;
                 * RFC 6675 4.
                 */
                @Tag("x")
                final class FooTest {
                """))
        .containsExactly(
            "RFC 9293 MUST-10 by FooTest at FooTest.java:4",
            "RFC 2883 4.1 by FooTest at FooTest.java:5",
            "RFC 6675 4 by FooTest at FooTest.java:6");
    assertThat(scanner.faults()).isEmpty();
  }

  @Test
  void annotationsOverSeveralLinesStandBetween() {
    assertThat(
            java(
                """
                  // Proves: RFC 9293 MUST-13
                  @ParameterizedTest
                  @ValueSource(
                      ints = {1, 2},
                      strings = "(")
                  @SuppressWarnings(")")
                  void waits(int x) {
                """))
        .containsExactly("RFC 9293 MUST-13 by FooTest.waits at FooTest.java:1");
  }

  @Test
  void aScriptCitesInItsComments() {
    assertThat(
            script(
                """
                // What it is about.
                // Proves: RFC 9293 SHLD-3; RFC 5961 3.2
                0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
                // Proves: RFC 9293 MUST-12
                +0 close(3) = 0
                """))
        .containsExactly(
            "RFC 9293 SHLD-3 by foo.pkt at foo.pkt:2",
            "RFC 5961 3.2 by foo.pkt at foo.pkt:2",
            "RFC 9293 MUST-12 by foo.pkt at foo.pkt:4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RFC 9293 MUST-10, RFC 9293 MUST-11",
        "RFC 9293 MUST-10 MUST-11",
        "RFC 9293 MUST-10;",
        "RFC9293 MUST-10",
        "section 3.5 of RFC 9293",
        ""
      })
  void aCitationInAnotherFormIsNamed(String form) {
    java("  // Proves: " + form + "\n  @Test\n  void opens() {\n");
    assertThat(scanner.faults()).hasSize(1);
    assertThat(scanner.faults().get(0))
        .startsWith("m/src/test/java/FooTest.java:")
        .contains("expect");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "  int x = 1;",
        "  private void help() {",
        "  @Test\n  @Disabled\n  void opens() {",
        "  call();",
        ""
      })
  void aCitationAboveNoTestIsNamed(String below) {
    assertThat(java("  // Proves: RFC 9293 MUST-10\n" + below + "\n")).isEmpty();
    assertThat(scanner.faults()).hasSize(1);
    assertThat(scanner.faults().get(0))
        .startsWith("m/src/test/java/FooTest.java:1: the citation stands above no test");
  }

  @Test
  void aHelperThatNobodyRunsProvesNothing() {
    scanner.java(
        "m/Helper.java", List.of("// Proves: RFC 9293 MUST-10", "@Test", "void opens() {", "}"));
    assertThat(scanner.citations()).isEmpty();
    assertThat(scanner.faults()).hasSize(1);
  }

  @Test
  void textIsNoComment() {
    assertThat(
            java(
                """
                  String text = \"""
                      // Proves: RFC 9293 MUST-10
                      \""";
                  String s = "// Proves: RFC 9293 MUST-10";
                  @Test
                  void opens() {
                """))
        .isEmpty();
    assertThat(scanner.faults()).isEmpty();
  }
}
