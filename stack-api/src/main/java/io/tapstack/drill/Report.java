package io.tapstack.drill;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The verdicts of many scripts, as text and as JSON. */
public final class Report {
  private record Entry(String path, Verdict verdict) {}

  private final List<Entry> entries = new ArrayList<>();

  /** Without any verdict yet. */
  public Report() {}

  /** Adds a verdict and returns its line. */
  public String add(String path, Verdict verdict) {
    entries.add(new Entry(path, verdict));
    return path + ": " + verdict;
  }

  /** How many scripts failed. */
  public long failed() {
    return count(Verdict.Failed.class);
  }

  private long count(Class<? extends Verdict> kind) {
    return entries.stream().filter(entry -> kind.isInstance(entry.verdict())).count();
  }

  /** {@code N passed, N failed, N unsupported}. */
  public String totals() {
    return count(Verdict.Passed.class)
        + " passed, "
        + failed()
        + " failed, "
        + count(Verdict.NotSupported.class)
        + " unsupported";
  }

  /** An array with one object per script, each on a line of its own. */
  public String json() {
    return entries.stream().map(Report::json).collect(Collectors.joining(",\n", "[\n", "\n]\n"));
  }

  private static String json(Entry entry) {
    String head = "{\"path\":" + quoted(entry.path()) + ",\"verdict\":";
    if (entry.verdict() instanceof Verdict.Failed failed) {
      return head
          + "\"failed\",\"line\":"
          + failed.line()
          + ",\"expected\":"
          + quoted(failed.expected())
          + ",\"seen\":"
          + quoted(failed.seen())
          + "}";
    }
    if (entry.verdict() instanceof Verdict.NotSupported unsupported) {
      return head
          + "\"unsupported\",\"line\":null,\"expected\":null,\"seen\":"
          + quoted(unsupported.what())
          + "}";
    }
    String warnings =
        entry.verdict() instanceof Verdict.Passed passed && !passed.warnings().isEmpty()
            ? quoted("warning: " + String.join("; ", passed.warnings()))
            : "null";
    return head + "\"passed\",\"line\":null,\"expected\":null,\"seen\":" + warnings + "}";
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        default -> {
          if (c < 0x20) {
            json.append(String.format("\\u%04x", (int) c));
          } else {
            json.append(c);
          }
        }
      }
    }
    return json.append('"').toString();
  }
}
