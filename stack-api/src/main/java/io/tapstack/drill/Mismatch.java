package io.tapstack.drill;

/** A script's expectation was not met. */
final class Mismatch extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Where it is, if not at the event that is being run; 0 otherwise. */
  final int line;

  final String expected;
  final String seen;

  Mismatch(String expected, String seen) {
    this(0, expected, seen);
  }

  Mismatch(int line, String expected, String seen) {
    super("expected " + expected + "; seen " + seen);
    this.line = line;
    this.expected = expected;
    this.seen = seen;
  }
}
