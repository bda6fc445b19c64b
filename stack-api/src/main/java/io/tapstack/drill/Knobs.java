package io.tapstack.drill;

import io.tapstack.tcp.TcpConfig;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a script or the command line may set: knobs of our own names, and Linux's sysctls where one
 * means the same. A sysctl that asks for what the stack does anyway is heeded; one that asks for
 * something else is unsupported, by name.
 */
public final class Knobs {
  private static final Pattern SYSCTL =
      Pattern.compile("(net\\.[a-z0-9_.]+)\\s*=\\s*(\"[^\"]*\"|'[^']*'|\\S+)");

  /** Sysctls without any meaning here: caches and heuristics that do not exist. */
  private static final Set<String> INDIFFERENT =
      Set.of("tcp_no_metrics_save", "tcp_autocorking", "tcp_moderate_rcvbuf", "tcp_mtu_probing");

  private final TcpConfig.Builder tcp = TcpConfig.builder();
  private long keepIdle = Duration.ofHours(2).toNanos();
  private long keepInterval = Duration.ofSeconds(75).toNanos();
  private int keepCount = 9;

  /** All at their defaults. */
  public Knobs() {}

  /** The names that {@link #set} knows, for a message. */
  public static Set<String> names() {
    return new TreeSet<>(
        Set.of(
            "initial_window",
            "delayed_ack_ms",
            "min_rto_ms",
            "initial_rto_ms",
            "max_rto_ms",
            "timestamps",
            "window_scaling",
            "sack",
            "receive_buffer",
            "send_buffer",
            "syn_timeout_ms",
            "synack_timeout_ms",
            "retransmit_timeout_ms",
            "time_wait_ms",
            "fin_wait_2_ms",
            "max_half_open"));
  }

  /**
   * Sets one of {@link #names}.
   *
   * @throws IllegalArgumentException if there is no such knob or the value is not one
   */
  public void set(String name, String value) {
    long number;
    try {
      number = Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "\"" + value + "\" is no value for " + name + "; expected an integer", e);
    }
    Duration millis = Duration.ofMillis(number);
    switch (name) {
      case "initial_window" -> tcp.initialWindow((int) number);
      case "delayed_ack_ms" -> tcp.delayedAck(millis);
      case "min_rto_ms" -> tcp.minRto(millis);
      case "initial_rto_ms" -> tcp.initialRto(millis);
      case "max_rto_ms" -> tcp.maxRto(millis);
      case "timestamps" -> tcp.timestamps(number != 0);
      case "window_scaling" -> tcp.windowScaling(number != 0);
      case "sack" -> tcp.sack(number != 0);
      case "receive_buffer" -> tcp.receiveBuffer((int) number);
      case "send_buffer" -> tcp.sendBuffer((int) number);
      case "syn_timeout_ms" -> tcp.synTimeout(millis);
      case "synack_timeout_ms" -> tcp.synAckTimeout(millis);
      case "retransmit_timeout_ms" -> tcp.retransmitTimeout(millis);
      case "time_wait_ms" -> tcp.timeWait(millis);
      case "fin_wait_2_ms" -> tcp.finWait2(millis);
      case "max_half_open" -> tcp.maxHalfOpen((int) number);
      default ->
          throw new IllegalArgumentException(
              "there is no knob " + name + "; expected one of " + String.join(", ", names()));
    }
  }

  /** Heeds a shell line of a script. */
  void shell(String command) {
    for (String line : command.split("[\\n;]|&&")) {
      String words = line.strip();
      if (words.isEmpty() || words.startsWith("#") || words.contains("defaults.sh")) {
        continue; // the defaults of Linux's own tests are what the knobs begin with
      }
      Matcher matcher = SYSCTL.matcher(words);
      if (!words.startsWith("sysctl") || !matcher.find()) {
        throw new Unsupported("shell command " + words);
      }
      do {
        String value = matcher.group(2).replaceAll("[\"']", "").strip();
        try {
          sysctl(matcher.group(1), value);
        } catch (IllegalArgumentException e) {
          throw new Unsupported("sysctl " + matcher.group(1) + "=" + value);
        }
      } while (matcher.find());
    }
  }

  private void sysctl(String path, String value) {
    String name = path.substring(path.lastIndexOf('.') + 1);
    switch (name) {
      case "tcp_timestamps" -> set("timestamps", value);
      case "tcp_window_scaling" -> set("window_scaling", value);
      case "tcp_max_syn_backlog" -> set("max_half_open", value);
      case "tcp_fin_timeout" -> tcp.finWait2(Duration.ofSeconds(number(path, value)));
      case "tcp_rto_min_us" -> tcp.minRto(Duration.ofNanos(1000 * number(path, value)));
      case "tcp_keepalive_time" -> keepIdle = Duration.ofSeconds(number(path, value)).toNanos();
      case "tcp_keepalive_intvl" ->
          keepInterval = Duration.ofSeconds(number(path, value)).toNanos();
      case "tcp_keepalive_probes" -> keepCount = (int) number(path, value);
      case "tcp_sack" -> set("sack", value);
      case "tcp_dsack" -> only(path, value, "1");
      case "tcp_fack",
          "tcp_ecn",
          "tcp_fastopen",
          "tcp_early_retrans",
          "tcp_recovery",
          "tcp_frto",
          "tcp_syncookies",
          "tcp_l3mdev_accept" ->
          only(path, value, "0");
      case "tcp_slow_start_after_idle" -> only(path, value, "1");
      case "tcp_congestion_control" -> tcp.congestionControl(value);
      default -> {
        if (!INDIFFERENT.contains(name)) {
          throw new Unsupported("sysctl " + path + "=" + value);
        }
      }
    }
  }

  private static void only(String path, String value, String here) {
    if (!value.equals(here)) {
      throw new Unsupported("sysctl " + path + "=" + value);
    }
  }

  private static long number(String path, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new Unsupported("sysctl " + path + "=" + value);
    }
  }

  TcpConfig tcp() {
    return tcp.build();
  }

  long keepIdle() {
    return keepIdle;
  }

  long keepInterval() {
    return keepInterval;
  }

  int keepCount() {
    return keepCount;
  }
}
