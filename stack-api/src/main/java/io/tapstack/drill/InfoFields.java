package io.tapstack.drill;

import org.jspecify.annotations.Nullable;

/** The fields of Linux's {@code tcp_info}, by name and in Linux's units. */
final class InfoFields {
  private InfoFields() {}

  /**
   * What a name means in an assertion: a field or a constant.
   *
   * @param socket the one that assertions are about
   */
  static @Nullable Object of(String name, @Nullable StreamSocket socket) {
    if (name.equals("tcpi_state")) {
      return socket == null ? 7 : socket.state();
    }
    if (name.startsWith("tcpi_")) {
      throw new Unsupported("TCP_INFO field " + name);
    }
    return Constants.number(name);
  }
}
