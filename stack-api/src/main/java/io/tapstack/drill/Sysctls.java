package io.tapstack.drill;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shell lines of scripts: sysctls and routes of Linux where one means what a knob means. One
 * that asks for what the stack does anyway is heeded; one that asks for something else is
 * unsupported, by name.
 */
final class Sysctls {
  private static final Pattern SETTING =
      Pattern.compile(
          "(?:/proc/sys/)?(net[./][A-Za-z0-9_./-]+)\\s*=\\s*(\"[^\"]*\"|'[^']*'|[^\\s;]+)");

  /** Sysctls without any meaning here: caches, batching and limits of a kernel. */
  private static final Set<String> INDIFFERENT =
      Set.of(
          "tcp_no_metrics_save",
          "tcp_no_ssthresh_metrics_save",
          "tcp_autocorking",
          "tcp_limit_output_bytes",
          "tcp_min_tso_segs",
          "tcp_tso_win_divisor",
          "tcp_tso_rtt_log",
          "tcp_notsent_lowat",
          "tcp_backlog_ack_defer",
          "tcp_l3mdev_accept",
          "tcp_tw_reuse",
          "tcp_tw_reuse_delay",
          "tcp_orphan_retries",
          "tcp_max_orphans",
          "tcp_mem",
          "tcp_reflect_tos",
          "tcp_challenge_ack_limit",
          "ip_local_port_range",
          "ip_no_pmtu_disc",
          "default_qdisc",
          "netdev_max_backlog",
          "optmem_max",
          "somaxconn",
          "rmem_max",
          "wmem_max",
          "rmem_default",
          "wmem_default");

  /** Sysctls and the knobs of the same meaning and unit. */
  private static final Map<String, String> KNOBS =
      Map.ofEntries(
          Map.entry("tcp_timestamps", "timestamps"),
          Map.entry("tcp_window_scaling", "window_scaling"),
          Map.entry("tcp_sack", "sack"),
          Map.entry("tcp_dsack", "dsack"),
          Map.entry("tcp_max_syn_backlog", "max_half_open"),
          Map.entry("tcp_keepalive_time", "keepalive_time_s"),
          Map.entry("tcp_keepalive_intvl", "keepalive_interval_s"),
          Map.entry("tcp_keepalive_probes", "keepalive_probes"),
          Map.entry("tcp_syn_retries", "syn_retries"),
          Map.entry("tcp_synack_retries", "synack_retries"),
          Map.entry("tcp_retries2", "retries"),
          Map.entry("tcp_rto_max_ms", "max_rto_ms"),
          Map.entry("tcp_slow_start_after_idle", "slow_start_after_idle"),
          Map.entry("tcp_congestion_control", "congestion_control"),
          Map.entry("tcp_rfc1337", "rfc1337"),
          Map.entry("tcp_abort_on_overflow", "abort_on_overflow"),
          Map.entry("tcp_invalid_ratelimit", "invalid_ack_ms"),
          Map.entry("tcp_max_tw_buckets", "max_time_wait"),
          Map.entry("tcp_ecn", "ecn"),
          Map.entry("tcp_mtu_probing", "mtu_probing"),
          Map.entry("tcp_base_mss", "base_mss"),
          Map.entry("tcp_frto", "frto"),
          Map.entry("tcp_syncookies", "syncookies"),
          Map.entry("tcp_fastopen", "fastopen"));

  /** What is not there at all, and the value that says so. */
  private static final Map<String, String> ONLY =
      Map.ofEntries(
          Map.entry("tcp_fack", "0"),
          Map.entry("tcp_shrink_window", "0"),
          Map.entry("tcp_stdurg", "0"),
          Map.entry("tcp_reordering", "3"),
          Map.entry("tcp_comp_sack_nr", "0"),
          Map.entry("tcp_adv_win_scale", "1"),
          Map.entry("tcp_workaround_signed_windows", "0"));

  private final Knobs knobs;

  Sysctls(Knobs knobs) {
    this.knobs = knobs;
  }

  /** Heeds one line or several. */
  void shell(String command) {
    for (String line : command.replace("\\\n", " ").split("[\\n;]|&&")) {
      String words = line.strip();
      if (!words.isEmpty() && !isIndifferent(words)) {
        heed(words);
      }
    }
  }

  /** Whether nothing of it means anything here. */
  static boolean isIndifferent(String command) {
    String words = command.strip();
    // the defaults of Linux's own tests are what the knobs begin with
    boolean defaults = words.contains("defaults.sh") && !words.contains("=");
    return defaults
        || words.startsWith("#")
        || words.matches("(?s)(true|nstat|ethtool|tc|sleep|rm|touch|ip tcp_metrics)\\b[^`$|]*");
  }

  private void heed(String words) {
    if (words.startsWith("ip ro")) {
      route(words);
      return;
    }
    Matcher matcher = SETTING.matcher(words);
    if (!words.matches("(?s)(sysctl|\\S*set_sysctls\\.py|\\S*defaults\\.sh)\\b.*")
        || !matcher.find()) {
      throw new Unsupported("shell command " + words);
    }
    do {
      sysctl(matcher.group(1), matcher.group(2).replaceAll("[\"']", "").strip());
    } while (matcher.find());
  }

  private void sysctl(String path, String value) {
    String name = path.substring(Math.max(path.lastIndexOf('.'), path.lastIndexOf('/')) + 1);
    try {
      switch (name) {
        case "tcp_fin_timeout" -> knobs.set("fin_wait_2_ms", value + "000");
        case "tcp_rto_min_us" -> knobs.set("min_rto_ms", millis(value));
        // bit 0: RACK; the others switch off parts of it
        case "tcp_recovery" -> knobs.set("rack", only(value, "0", "1"));
        // 3 and 4 are TLP; 1 and 2 early retransmit, which is no more
        case "tcp_early_retrans" -> knobs.set("tlp", only(value, "0", "3", "4"));
        case "tcp_delack_max_us" -> knobs.set("delayed_ack_ms", millis(value));
        default -> {
          String knob = KNOBS.get(name);
          if (knob != null) {
            knobs.set(knob, value);
          } else if (!INDIFFERENT.contains(name) && !value.equals(ONLY.get(name))) {
            throw new IllegalArgumentException(name);
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new Unsupported("sysctl " + path + "=" + value);
    }
  }

  /** The value, if it is one of a few that mean something here. */
  private static String only(String value, String... known) {
    if (!List.of(known).contains(value)) {
      throw new IllegalArgumentException(value);
    }
    return value;
  }

  private static String millis(String micros) {
    long number = Long.parseLong(micros);
    if (number % 1000 != 0) {
      throw new IllegalArgumentException(micros);
    }
    return Long.toString(number / 1000);
  }

  /** {@code ip route change ... initcwnd 5}: what a route says of TCP. */
  private void route(String words) {
    String[] word = words.split("\\s+");
    for (int i = 2; i < word.length; i++) {
      boolean last = i + 1 == word.length;
      switch (word[i]) {
        case "change", "replace", "add", "proto", "scope", "link", "kernel", "table", "local" -> {}
        case "dev", "via", "src", "metric" -> i++;
        case "initcwnd" -> knob("initial_window", last ? "" : word[++i]);
        case "rto_min" -> knob("min_rto_ms", last ? "" : word[++i].replace("ms", ""));
        case "congctl" -> knob("congestion_control", last ? "" : word[++i]);
        default -> {
          if (!word[i].matches("[0-9a-fA-F.:]+(/\\d+)?|default|static")) {
            throw new Unsupported("ip route " + word[i]);
          }
        }
      }
    }
  }

  private void knob(String name, String value) {
    try {
      knobs.set(name, value);
    } catch (IllegalArgumentException e) {
      throw new Unsupported("ip route with " + name + " " + value);
    }
  }
}
