package io.tapstack.cli;

import io.tapstack.wire.IpAddress;

/** Address and port as people write them. */
final class Endpoint {
  private Endpoint() {}

  static String text(IpAddress address, int port) {
    return (address.isV4() ? address.toString() : "[" + address + "]") + ":" + port;
  }
}
