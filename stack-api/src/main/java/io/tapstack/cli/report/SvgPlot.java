package io.tapstack.cli.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A plot as a document of SVG 1.1: two axes, series of lines and marks, a legend. It follows the
 * reader's light or dark mode, needs nothing from elsewhere, and its text is text.
 */
final class SvgPlot {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 480;
  private static final int LEFT = 76;
  private static final int RIGHT = 200;
  private static final int TOP = 58;
  private static final int BOTTOM = 56;
  private static final int PLOT_WIDTH = WIDTH - LEFT - RIGHT;
  private static final int PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
  private static final int LEGEND_STEP = 20;

  /** How many points one path has at most; an even number, so that bars stay whole. */
  private static final int PIECE = 4000;

  /** Colours that can be told apart, also by the colour-blind (Okabe and Ito), on either ground. */
  enum Colour {
    ORANGE("#d55e00", "#ff8f3f"),
    BLUE("#0072b2", "#56b4e9"),
    GREEN("#00855f", "#2fd3a5"),
    PURPLE("#a6528a", "#e39ccb"),
    RED("#c4001a", "#ff5c6c"),
    GREY("#777777", "#9a9a9a"),
    BLACK("#000000", "#ffffff");

    private final String onLight;
    private final String onDark;

    Colour(String onLight, String onDark) {
      this.onLight = onLight;
      this.onDark = onDark;
    }

    private String css() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How a series is drawn. */
  enum Style {
    /** A line from point to point. */
    LINE,
    /** A dashed line: what theory says. */
    DASHES,
    /** A line with a dot at each point: what was measured. */
    DOTTED_LINE,
    /** From point to point first to the right, then up or down. */
    STEPS,
    /** Pairs of points, each joined by a line. */
    BARS,
    /** A cross at each point. */
    CROSSES
  }

  private record Series(String name, Colour colour, Style style, double[] x, double[] y) {}

  private final String title;
  private final String subtitle;
  private final Axis across;
  private final Axis up;
  private final List<Series> series = new ArrayList<>();

  SvgPlot(String title, String subtitle, Axis across, Axis up) {
    this.title = title;
    this.subtitle = subtitle;
    this.across = across;
    this.up = up;
  }

  /** Adds a series; those added later lie above. An empty one is not drawn. */
  SvgPlot add(String name, Colour colour, Style style, double[] x, double[] y) {
    if (x.length != y.length || style == Style.BARS && x.length % 2 != 0) {
      throw new IllegalArgumentException(name + ": " + x.length + " and " + y.length + " values");
    }
    if (x.length > 0) {
      series.add(new Series(name, colour, style, x, y));
    }
    return this;
  }

  /** The document. */
  String svg() {
    StringBuilder out = new StringBuilder(1 << 14);
    out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ")
        .append(WIDTH + " " + HEIGHT)
        .append("\" width=\"" + WIDTH + "\" height=\"" + HEIGHT + "\" role=\"img\">\n");
    out.append("<title>").append(escaped(title)).append("</title>\n");
    style(out);
    out.append("<rect class=\"ground\" width=\"" + WIDTH + "\" height=\"" + HEIGHT + "\"/>\n");
    text(out, LEFT, 24, "title", title);
    text(out, LEFT, 43, "small", subtitle);
    axes(out);
    out.append("<svg x=\"" + LEFT + "\" y=\"" + TOP)
        .append("\" width=\"" + PLOT_WIDTH + "\" height=\"" + PLOT_HEIGHT + "\">\n");
    series.forEach(one -> draw(out, one));
    out.append("</svg>\n");
    legend(out);
    return out.append("</svg>\n").toString();
  }

  private static void style(StringBuilder out) {
    out.append("<style>\ntext { font: 12px sans-serif; fill: #222 }\n")
        .append(".title { font-size: 16px; font-weight: bold } .small { font-size: 11px }\n")
        .append(".middle { text-anchor: middle } .end { text-anchor: end }\n")
        .append(".ground { fill: #fff } .grid { stroke: #e2e2e2; fill: none }\n")
        .append(".frame { stroke: #888; fill: none } .line { fill: none; stroke-width: 1.6 }\n")
        .append(".dashes { stroke-dasharray: 6 4; stroke-width: 1.3 }\n")
        .append(".thin { fill: none; stroke-width: 1.4; stroke-linecap: square }\n");
    for (Colour colour : Colour.values()) {
      colour(out, colour.css(), colour.onLight);
    }
    out.append("@media (prefers-color-scheme: dark) {\n text { fill: #ddd }")
        .append(" .ground { fill: #16181c } .grid { stroke: #33363c }\n");
    for (Colour colour : Colour.values()) {
      colour(out, colour.css(), colour.onDark);
    }
    out.append("}\n</style>\n");
  }

  private static void colour(StringBuilder out, String name, String value) {
    out.append(
        "." + name + " { stroke: " + value + " } .dot." + name + " { fill: " + value + " }\n");
  }

  private void axes(StringBuilder out) {
    int bottom = TOP + PLOT_HEIGHT;
    for (Axis.Tick tick : across.ticks()) {
      String x = coordinate(LEFT + tick.place() * PLOT_WIDTH);
      out.append("<path class=\"grid\" d=\"M" + x + " " + TOP + "V" + bottom + "\"/>\n");
      text(out, x, "" + (bottom + 17), "middle", tick.text());
    }
    for (Axis.Tick tick : up.ticks()) {
      double y = bottom - tick.place() * PLOT_HEIGHT;
      out.append("<path class=\"grid\" d=\"M" + LEFT + " " + coordinate(y))
          .append("H" + (LEFT + PLOT_WIDTH) + "\"/>\n");
      text(out, "" + (LEFT - 7), coordinate(y + 4), "end", tick.text());
    }
    out.append("<rect class=\"frame\" x=\"" + LEFT + "\" y=\"" + TOP)
        .append("\" width=\"" + PLOT_WIDTH + "\" height=\"" + PLOT_HEIGHT + "\"/>\n");
    text(out, LEFT + PLOT_WIDTH / 2, HEIGHT - 16, "middle", across.label());
    int middle = TOP + PLOT_HEIGHT / 2;
    out.append("<text class=\"middle\" transform=\"translate(18 " + middle + ") rotate(-90)\">")
        .append(escaped(up.label()))
        .append("</text>\n");
  }

  private void legend(StringBuilder out) {
    int x = LEFT + PLOT_WIDTH + 14;
    int y = TOP + 8;
    for (Series one : series) {
      String css = one.colour.css();
      switch (one.style) {
        case BARS -> path(out, "thin " + css, "M" + (x + 10) + " " + (y - 6) + "v12");
        case CROSSES -> path(out, "thin " + css, "M" + (x + 6) + " " + (y - 4) + "l8 8m0 -8l-8 8");
        case DASHES -> path(out, "line dashes " + css, "M" + x + " " + y + "h22");
        default -> path(out, "line " + css, "M" + x + " " + y + "h22");
      }
      if (one.style == Style.DOTTED_LINE) {
        dot(out, css, x + 11, y);
      }
      text(out, x + 29, y + 4, "small", one.name);
      y += LEGEND_STEP;
    }
  }

  private void draw(StringBuilder out, Series one) {
    String css = one.colour.css();
    String shape =
        switch (one.style) {
          case BARS, CROSSES, STEPS -> "thin " + css;
          case DASHES -> "line dashes " + css;
          default -> "line " + css;
        };
    // Readers of XML refuse attributes without end, so that long series are drawn piece by piece.
    for (int from = 0; from < one.x.length; from += PIECE) {
      path(out, shape, shape(one, from, Math.min(from + PIECE + 1, one.x.length)));
    }
    if (one.style == Style.DOTTED_LINE) {
      for (int i = 0; i < one.x.length; i++) {
        dot(out, css, across.place(one.x[i]) * PLOT_WIDTH, (1 - up.place(one.y[i])) * PLOT_HEIGHT);
      }
    }
  }

  private String shape(Series one, int from, int to) {
    StringBuilder d = new StringBuilder(16 * (to - from));
    for (int i = from; i < to; i++) {
      double x = across.place(one.x[i]) * PLOT_WIDTH;
      double y = (1 - up.place(one.y[i])) * PLOT_HEIGHT;
      String at = coordinate(x) + " " + coordinate(y);
      switch (one.style) {
        case BARS -> d.append(i % 2 == 0 ? "M" : "L").append(at);
        case CROSSES -> d.append("M").append(at).append("m-3 -3l6 6m0 -6l-6 6");
        case STEPS -> {
          if (i == from) {
            d.append("M").append(at);
          } else {
            d.append("H").append(coordinate(x)).append("V").append(coordinate(y));
          }
        }
        default -> d.append(i == from ? "M" : "L").append(at);
      }
    }
    return d.toString();
  }

  private static void path(StringBuilder out, String css, String d) {
    out.append("<path class=\"" + css + "\" d=\"").append(d).append("\"/>\n");
  }

  private static void dot(StringBuilder out, String css, double x, double y) {
    out.append("<circle class=\"dot " + css + "\" cx=\"" + coordinate(x))
        .append("\" cy=\"" + coordinate(y) + "\" r=\"3\"/>\n");
  }

  private static void text(StringBuilder out, int x, int y, String css, String words) {
    text(out, "" + x, "" + y, css, words);
  }

  private static void text(StringBuilder out, String x, String y, String css, String words) {
    if (!words.isEmpty()) {
      out.append("<text class=\"" + css + "\" x=\"" + x + "\" y=\"" + y + "\">")
          .append(escaped(words))
          .append("</text>\n");
    }
  }

  /** A tenth of a pixel is enough, and far outside is as good as outside. */
  private static String coordinate(double value) {
    long tenths = Math.round(Math.max(-1e5, Math.min(1e5, value)) * 10);
    String sign = tenths < 0 ? "-" : "";
    long whole = Math.abs(tenths) / 10;
    long rest = Math.abs(tenths) % 10;
    return rest == 0 ? sign + whole : sign + whole + "." + rest;
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
