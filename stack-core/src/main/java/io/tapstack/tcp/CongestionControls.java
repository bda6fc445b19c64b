package io.tapstack.tcp;

import java.util.List;
import java.util.function.Supplier;

/**
 * The congestion controls that come with the stack, by the names that Linux gives them. Any thread.
 */
public final class CongestionControls {
  private static final List<String> NAMES = List.of("cubic", "reno", "bbr");

  private CongestionControls() {}

  /** All names, the default first. */
  public static List<String> names() {
    return NAMES;
  }

  /**
   * What makes the congestion control of that name, one for each connection.
   *
   * @throws IllegalArgumentException if {@link #names} does not have it
   */
  public static Supplier<CongestionControl> named(String name) {
    return switch (name) {
      case "cubic" -> Cubic::new;
      case "reno" -> NewReno::new;
      case "bbr" -> Bbr::new;
      default ->
          throw new IllegalArgumentException(
              "there is no congestion control \""
                  + name
                  + "\"; expected one of "
                  + String.join(", ", NAMES));
    };
  }
}
