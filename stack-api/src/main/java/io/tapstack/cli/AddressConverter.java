package io.tapstack.cli;

import io.tapstack.wire.IpAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an address; a name gets a sentence of its own, since names cannot be resolved yet. */
final class AddressConverter implements ITypeConverter<IpAddress> {
  @Override
  public IpAddress convert(String text) {
    IpAddress address = IpAddress.parseOrNull(text);
    if (address != null) {
      return address;
    }
    if (text.matches("[A-Za-z0-9_.-]*[A-Za-z][A-Za-z0-9_.-]*")) {
      throw new TypeConversionException(
          "\""
              + text
              + "\" is a name, and names cannot be resolved yet; expected an address"
              + " like 10.77.0.1 or fd77::1");
    }
    throw new TypeConversionException(
        "\"" + text + "\" is not an IP address; expected one like 10.77.0.1 or fd77::1");
  }
}
