package io.tapstack.drill;

import java.util.List;

/** What came of a script. */
public sealed interface Verdict {
  /**
   * Everything came as it was written.
   *
   * @param warnings what was odd and, in the mode of the run, not wrong
   */
  record Passed(List<String> warnings) implements Verdict {
    /** Makes its own copy. */
    public Passed {
      warnings = List.copyOf(warnings);
    }

    @Override
    public String toString() {
      return warnings.isEmpty()
          ? "passed"
          : "passed (warning: " + String.join("; ", warnings) + ")";
    }
  }

  /**
   * Something else came.
   *
   * @param line of the script, from 1
   * @param expected what the script says
   * @param seen what there was instead
   */
  record Failed(int line, String expected, String seen) implements Verdict {
    @Override
    public String toString() {
      return "failed: line " + line + ": expected " + expected + "; seen " + seen;
    }
  }

  /** The script was not run, or not to its end: it uses something that is not there. */
  record NotSupported(String what) implements Verdict {
    @Override
    public String toString() {
      return "unsupported: " + what;
    }
  }
}
