package io.tapstack.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class SvgPlotTest {
  private static final double[] X = {1, 10, 100};
  private static final double[] Y = {0, 50, 100};

  static Document parse(String svg) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
  }

  private static SvgPlot plot() {
    return new SvgPlot("A < B & C", "below", Axis.log("across", 1, 100), Axis.linear("up", 0, 100));
  }

  private static List<String> texts(Document document) {
    NodeList texts = document.getElementsByTagName("text");
    return java.util.stream.IntStream.range(0, texts.getLength())
        .mapToObj(i -> texts.item(i).getTextContent())
        .toList();
  }

  @Test
  void isWellFormedAndItsTextIsText() throws Exception {
    SvgPlot plot = plot();
    for (SvgPlot.Style style : SvgPlot.Style.values()) {
      double[] x = style == SvgPlot.Style.BARS ? new double[] {1, 1} : X;
      double[] y = style == SvgPlot.Style.BARS ? new double[] {2, 3} : Y;
      plot.add("series " + style, SvgPlot.Colour.BLUE, style, x, y);
    }
    Document document = parse(plot.svg());
    assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
    assertThat(texts(document))
        .contains("A < B & C", "below", "across", "up", "1", "10", "100", "0", "20")
        .contains("series LINE", "series BARS", "series CROSSES", "series STEPS");
    assertThat(plot.svg()).contains("prefers-color-scheme: dark").doesNotContain("href");
  }

  @Test
  void pointsStandWhereTheAxesSay() throws Exception {
    plot().add("s", SvgPlot.Colour.RED, SvgPlot.Style.LINE, X, Y);
    Document document = parse(plot().add("s", SvgPlot.Colour.RED, SvgPlot.Style.LINE, X, Y).svg());
    Element area = (Element) document.getElementsByTagName("svg").item(1);
    String line = ((Element) area.getElementsByTagName("path").item(0)).getAttribute("d");
    double width = Double.parseDouble(area.getAttribute("width"));
    double height = Double.parseDouble(area.getAttribute("height"));
    assertThat(line)
        .isEqualTo(
            "M0 "
                + Axis.number(height)
                + "L"
                + Axis.number(width / 2)
                + " "
                + Axis.number(height / 2)
                + "L"
                + Axis.number(width)
                + " 0");
  }

  @Test
  void emptySeriesAreNotDrawn() throws Exception {
    SvgPlot plot = plot().add("none", SvgPlot.Colour.RED, SvgPlot.Style.LINE, new double[0], Y0);
    assertThat(texts(parse(plot.svg()))).doesNotContain("none");
  }

  private static final double[] Y0 = {};

  @Test
  void saysWhatDoesNotFit() {
    assertThatThrownBy(() -> plot().add("odd", SvgPlot.Colour.RED, SvgPlot.Style.BARS, X, Y))
        .hasMessageContaining("odd");
    assertThatThrownBy(() -> plot().add("uneven", SvgPlot.Colour.RED, SvgPlot.Style.LINE, X, Y0))
        .hasMessageContaining("uneven");
    assertThatThrownBy(() -> Axis.log("l", 0, 1)).hasMessageContaining("from 0.0 to 1.0");
    assertThatThrownBy(() -> Axis.linear("l", 1, 1)).hasMessageContaining("from 1.0 to 1.0");
  }

  @Test
  void ticksAreRound() {
    assertThat(Axis.linear("", 0, 20).ticks())
        .extracting(Axis.Tick::text)
        .containsExactly("0", "5", "10", "15", "20");
    assertThat(Axis.linear("", -0.4, 1.1).ticks())
        .extracting(Axis.Tick::text)
        .containsExactly("0", "0.5", "1");
    assertThat(Axis.log("", 0.5, 30).ticks())
        .extracting(Axis.Tick::text)
        .filteredOn(text -> !text.isEmpty())
        .containsExactly("0.5", "1", "2", "5", "10", "20");
    assertThat(Axis.log("", 1, 1e6).ticks())
        .extracting(Axis.Tick::text)
        .filteredOn(text -> !text.isEmpty())
        .containsExactly("1", "10", "100", "1000", "10000", "100000", "1000000");
  }

  @Test
  void aLogarithmicAxisMayHaveAPlaceForZero() {
    Axis axis = Axis.logAndZero("", 0.1, 10);
    assertThat(axis.place(0)).isZero();
    assertThat(axis.place(0.1)).isGreaterThan(0.01).isLessThan(0.2);
    assertThat(axis.place(10)).isEqualTo(1, within(1e-12));
    assertThat(axis.ticks().get(0)).isEqualTo(new Axis.Tick(0, "0"));
    assertThat(Axis.log("", 0.1, 10).place(0)).isNegative();
  }
}
