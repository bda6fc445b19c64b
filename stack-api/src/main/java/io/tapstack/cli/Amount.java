package io.tapstack.cli;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Amounts with units, as options take them. */
final class Amount {
  private static final Pattern NUMBER_AND_UNIT =
      Pattern.compile("([0-9]{1,18}(?:\\.[0-9]{1,9})?)([A-Za-z/%]*)");
  private static final Map<String, Double> TIME = Map.of("ns", 1.0, "us", 1e3, "ms", 1e6, "s", 1e9);
  private static final Map<String, Double> MULTIPLE =
      Map.of("", 1.0, "k", 1e3, "m", 1e6, "g", 1e9, "t", 1e12);

  private Amount() {}

  private static double value(String text, Map<String, Double> units, String expected) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    Double unit = matcher.matches() ? units.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
    if (unit == null) {
      throw new TypeConversionException("\"" + text + "\" is not " + expected);
    }
    return Double.parseDouble(matcher.group(1)) * unit;
  }

  /** A share, from 0 to 1. */
  static final class Share implements ITypeConverter<Double> {
    @Override
    public Double convert(String text) {
      String expected = "a share; expected one like 2% or 0.02";
      double share = value(text, Map.of("", 1.0, "%", 0.01), expected);
      if (share > 1) {
        throw new TypeConversionException("\"" + text + "\" is more than all; expected up to 100%");
      }
      return share;
    }
  }

  /** A time, in nanoseconds. */
  static final class Nanos implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      double nanos = value(text, TIME, "a time; expected one like 20ms, 150us or 1s");
      if (nanos > 3600e9) {
        throw new TypeConversionException("\"" + text + "\" is too long; expected up to 3600s");
      }
      return Math.round(nanos);
    }
  }

  /** A rate, in bits per second; 0 for one without limit. */
  static final class BitRate implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      String digits = text.replaceAll("(?i)bit(/s)?$", "");
      double rate =
          value(digits, MULTIPLE, "a rate; expected bits per second like 100M or 1Gbit, or 0");
      if (rate != 0 && (rate < 1000 || rate > 1e12)) {
        throw new TypeConversionException(
            "\""
                + text
                + "\" is out of range; expected 1k to 1T bits per second, or 0 for no"
                + " limit");
      }
      return Math.round(rate);
    }
  }

  /** A number of bytes. */
  static final class Bytes implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      double bytes = value(text, MULTIPLE, "a number of bytes; expected one like 5000000 or 5M");
      if (bytes > 1e15) {
        throw new TypeConversionException("\"" + text + "\" is too many; expected up to 1000T");
      }
      return (long) bytes;
    }
  }
}
