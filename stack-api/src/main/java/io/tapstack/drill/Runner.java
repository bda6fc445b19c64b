package io.tapstack.drill;

import java.util.List;
import java.util.Map;

/**
 * Runs one script over a stack of its own. Time is virtual: it jumps from one event, or one timer
 * of the stack, to the next. Whatever a script says, there is a verdict: work, time and memory are
 * bounded.
 */
public final class Runner {
  private final Mode mode;
  private final Map<String, String> sets;

  /**
   * A runner, for any number of scripts.
   *
   * @param sets knobs by name, stronger than what scripts set; see {@link Knobs#names}
   */
  public Runner(Mode mode, Map<String, String> sets) {
    this.mode = mode;
    this.sets = Map.copyOf(sets);
  }

  /** Runs a script to its end or to what is wrong. */
  public Verdict run(Script script) {
    String unsupported = script.unsupported();
    if (unsupported != null) {
      return new Verdict.NotSupported(unsupported);
    }
    try {
      Knobs knobs = new Knobs();
      script.setup().forEach(knobs::shell);
      List<Script.Event> events = script.events();
      int first = 0;
      while (first < events.size() && events.get(first).action() instanceof Script.Shell shell) {
        knobs.shell(shell.command());
        first++;
      }
      sets.forEach(knobs::set);
      knobs.options(script.options());
      Lacks.check(events);
      return new Run(mode, Settings.of(knobs.options()), knobs)
          .run(events.subList(first, events.size()));
    } catch (Unsupported e) {
      return new Verdict.NotSupported(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return new Verdict.NotSupported("values that do not fit together: " + e.getMessage());
    }
  }
}
