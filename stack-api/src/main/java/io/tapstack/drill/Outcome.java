package io.tapstack.drill;

import org.jspecify.annotations.Nullable;

/**
 * What a socket call returned.
 *
 * @param value -1 with an errno
 * @param errno its name, or null
 * @param output what an argument that the call writes has become, if the script says otherwise
 */
record Outcome(long value, @Nullable String errno, @Nullable String output) {
  static Outcome of(long value) {
    return new Outcome(value, null, null);
  }

  static Outcome error(String errno) {
    return new Outcome(-1, errno, null);
  }

  /** The call as it went, in the script's words. */
  @Override
  public String toString() {
    return value + (errno == null ? "" : " " + errno) + (output == null ? "" : ", " + output);
  }
}
