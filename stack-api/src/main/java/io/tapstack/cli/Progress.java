package io.tapstack.cli;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * The progress of a transfer on standard error: a bar that is redrawn on a terminal, a line now and
 * then elsewhere.
 */
final class Progress {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 10_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final String what;
  private final long total;
  private final long start;
  private long next;
  private int longest;

  /**
   * Begins.
   *
   * @param terminal whether the line can be redrawn
   * @param nanos a monotonic clock
   * @param what what is transferred
   * @param total its length in bytes, or -1 if nobody knows
   */
  Progress(PrintWriter out, boolean terminal, LongSupplier nanos, String what, long total) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
    this.what = what;
    this.total = total;
    this.start = nanos.getAsLong();
    this.next = start + (terminal ? REDRAW_NANOS : LINE_NANOS);
  }

  /** On this process's standard error. */
  static Progress onStandardError(String what, long total) {
    boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    return new Progress(new PrintWriter(System.err, true), terminal, System::nanoTime, what, total);
  }

  /** Tells how many bytes are done; draws now and then. */
  void at(long done) {
    long now = nanos.getAsLong();
    if (now - next >= 0) {
      next = now + (terminal ? REDRAW_NANOS : LINE_NANOS);
      draw(done, now, false);
    }
  }

  /** Draws the end of it. */
  void end(long done) {
    draw(done, nanos.getAsLong(), true);
  }

  /** Takes the bar away, for whoever has more to say at its end. */
  void clear() {
    if (terminal) {
      out.print("\r" + " ".repeat(longest) + "\r");
      out.flush();
    }
  }

  private void draw(long done, long now, boolean last) {
    StringBuilder line = new StringBuilder(what).append(' ');
    if (total > 0) {
      int filled = (int) Math.min(WIDTH, done * (double) WIDTH / total);
      line.append('[').append("=".repeat(filled)).append(filled < WIDTH && !last ? ">" : "");
      line.append(" ".repeat(Math.max(0, WIDTH - filled - (last ? 0 : 1)))).append("] ");
      line.append(String.format(Locale.ROOT, "%3d%% ", (int) (done * 100.0 / total)));
    }
    line.append(size(done));
    line.append(", ").append(rate(done, now - start));
    if (last) {
      line.append(String.format(Locale.ROOT, " in %.2f s", (now - start) / 1e9));
    }
    if (terminal) {
      String padding = " ".repeat(Math.max(0, longest - line.length()));
      longest = Math.max(longest, line.length());
      out.print("\r" + line + padding + (last ? System.lineSeparator() : ""));
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** A number of bytes for people, in powers of 1000. */
  static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes;
    String units = "kMGTPE";
    int unit = -1;
    while (value >= 999.95) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %cB", value, units.charAt(unit));
  }

  /** A rate for people. */
  static String rate(long bytes, long nanos) {
    return size((long) (bytes * 1e9 / Math.max(1, nanos))) + "/s";
  }
}
