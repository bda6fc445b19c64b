package io.tapstack.drill;

import io.tapstack.tcp.CongestionControls;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.MtuProbing;
import io.tapstack.tcp.SynCookieMode;
import io.tapstack.tcp.TcpConfig;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a script or the command line may set: knobs of our own names, and the options of scripts. A
 * knob that the stack does not have may be set to what the stack does anyway, and to nothing else.
 */
public final class Knobs {
  /** Knobs that TCP has. */
  private static final Set<String> TCP =
      Set.of(
          "initial_window",
          "delayed_ack_ms",
          "min_rto_ms",
          "initial_rto_ms",
          "max_rto_ms",
          "timestamps",
          "window_scaling",
          "sack",
          "dsack",
          "ecn",
          "mtu_probing",
          "base_mss",
          "frto",
          "rack",
          "tlp",
          "slow_start_after_idle",
          "pacing",
          "receive_buffer",
          "send_buffer",
          "syn_timeout_ms",
          "retransmit_timeout_ms",
          "time_wait_ms",
          "fin_wait_2_ms",
          "max_half_open",
          "max_out_of_order",
          "max_time_wait",
          "syncookies",
          "abort_on_overflow",
          "invalid_ack_ms",
          "rfc1337",
          "syn_retries",
          "synack_retries",
          "retries",
          "keepalive_time_s",
          "keepalive_interval_s",
          "keepalive_probes",
          "congestion_control");

  /** Knobs that it does not have, and what it does. */
  private static final Map<String, String> FIXED =
      Map.ofEntries(
          Map.entry("early_retransmit", "0"),
          Map.entry("quick_ack", "1"),
          Map.entry("pmtu_discovery", "1"),
          Map.entry("fastopen", "0"));

  private final TcpConfig.Builder tcp = TcpConfig.builder();
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Sysctls sysctls = new Sysctls(this);
  private long keepIdle = Duration.ofHours(2).toNanos();
  private long keepInterval = Duration.ofSeconds(75).toNanos();
  private int keepCount = 9;
  private String congestionControl = CongestionControls.names().get(0);
  private int synRetries = -1;
  private Duration initialRto = Duration.ofSeconds(1);

  /** All at their defaults, and Linux's where scripts count on them. */
  public Knobs() {
    tcp.mtuProbing(MtuProbing.OFF); // Linux's default, which scripts count on
  }

  /** The names that {@link #set} knows, for a message. */
  public static Set<String> names() {
    Set<String> names = new TreeSet<>(TCP);
    names.addAll(FIXED.keySet());
    names.addAll(Settings.names());
    return names;
  }

  /**
   * Sets one of {@link #names}.
   *
   * @throws IllegalArgumentException if there is no such knob or the value is not one
   */
  public void set(String name, String value) {
    String fixed = FIXED.get(name);
    if (fixed != null) {
      if (!fixed.equals(value.strip())) {
        throw new IllegalArgumentException(
            name + "=" + value + " is more than this stack can; expected " + fixed);
      }
    } else if (Settings.names().contains(name)) {
      setOption(name, value);
    } else if (name.equals("congestion_control")) {
      congestionControl = value.strip();
      tcp.congestionControl(congestionControl);
    } else if (TCP.contains(name)) {
      setTcp(name, value);
    } else {
      throw new IllegalArgumentException(
          "there is no knob " + name + "; expected one of " + String.join(", ", names()));
    }
  }

  private void setOption(String name, String value) {
    options.put(name, value);
    try {
      Settings.of(Map.of(name, value));
    } catch (Unsupported e) {
      throw new IllegalArgumentException(name + "=" + value + " is not possible", e);
    }
  }

  private void setTcp(String name, String value) {
    long number = number(name, value);
    Duration millis = Duration.ofMillis(number);
    switch (name) {
      case "initial_window" -> tcp.initialWindow((int) number);
      case "delayed_ack_ms" -> tcp.delayedAck(millis);
      case "min_rto_ms" -> tcp.minRto(millis);
      case "initial_rto_ms" -> {
        initialRto = millis;
        tcp.initialRto(millis);
      }
      case "max_rto_ms" -> tcp.maxRto(millis);
      case "timestamps" -> tcp.timestamps(number != 0);
      case "window_scaling" -> tcp.windowScaling(number != 0);
      case "sack" -> tcp.sack(number != 0);
      case "dsack" -> tcp.duplicateSack(number != 0);
      case "ecn" -> tcp.ecn(ecn(number));
      case "mtu_probing" -> tcp.mtuProbing(mtuProbing(number));
      case "base_mss" -> tcp.baseMss((int) number);
      case "frto" -> tcp.forwardRto(number != 0);
      case "rack" -> tcp.rack(number != 0);
      case "tlp" -> tcp.tailLossProbe(number != 0);
      case "slow_start_after_idle" -> tcp.slowStartAfterIdle(number != 0);
      case "pacing" -> tcp.pacing(number != 0);
      case "receive_buffer" -> tcp.receiveBuffer((int) number);
      case "send_buffer" -> tcp.sendBuffer((int) number);
      case "syn_timeout_ms" -> tcp.synTimeout(millis);
      case "retransmit_timeout_ms" -> tcp.retransmitTimeout(millis);
      case "time_wait_ms" -> tcp.timeWait(millis);
      case "fin_wait_2_ms" -> tcp.finWait2(millis);
      case "max_half_open" -> tcp.maxHalfOpen((int) number);
      case "max_out_of_order" -> tcp.maxOutOfOrder((int) number);
      case "syn_retries" -> synRetries = (int) Math.min(number, 20);
      case "synack_retries" -> tcp.synAckRetries((int) Math.min(number, 16));
      case "max_time_wait" -> tcp.maxTimeWait((int) number);
      case "syncookies" -> tcp.synCookies(cookieMode(number));
      case "abort_on_overflow" -> tcp.abortOnOverflow(number != 0);
      case "invalid_ack_ms" -> tcp.invalidAckInterval(millis);
      case "rfc1337" -> tcp.rfc1337(number != 0);
      case "retries" -> tcp.retransmitTimeout(afterRetries((int) Math.min(number, 100)));
      case "keepalive_time_s" -> keepIdle = Duration.ofSeconds(number).toNanos();
      case "keepalive_interval_s" -> keepInterval = Duration.ofSeconds(number).toNanos();
      default -> keepCount = (int) number;
    }
  }

  private static EcnMode ecn(long number) {
    if (number < 0 || number >= EcnMode.values().length) {
      throw new IllegalArgumentException(number + " is no value for ecn; expected 0, 1 or 2");
    }
    return EcnMode.values()[(int) number]; // in the order of Linux's tcp_ecn
  }

  /** As Linux numbers them. */
  private static SynCookieMode cookieMode(long number) {
    return number == 0
        ? SynCookieMode.OFF
        : number == 1 ? SynCookieMode.ON_OVERFLOW : SynCookieMode.ALWAYS;
  }

  private static MtuProbing mtuProbing(long number) {
    if (number < 0 || number >= MtuProbing.values().length) {
      throw new IllegalArgumentException(
          number + " is no value for mtu_probing; expected 0, 1 or 2");
    }
    return MtuProbing.values()[(int) number]; // in the order of Linux's tcp_mtu_probing
  }

  private static long number(String name, String value) {
    try {
      long number = Long.parseLong(value.strip());
      if (number >= 0 && number <= Integer.MAX_VALUE) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "\"" + value + "\" is no value for " + name + "; expected an integer of at most 2^31 - 1");
  }

  /**
   * R2 as Linux makes it of a number of retries: from an RTO of 200 ms that doubles up to 2 min.
   */
  private static Duration afterRetries(int retries) {
    int doubling = Math.min(retries, 9);
    return Duration.ofMillis(200L * ((2L << doubling) - 1))
        .plus(Duration.ofMinutes(2L * (retries - doubling)));
  }

  /** Takes the options of a script over, where none of that name was set. */
  void options(Map<String, String> script) {
    script.forEach(options::putIfAbsent);
  }

  Map<String, String> options() {
    return options;
  }

  /** Heeds a shell line of a script. */
  void shell(String command) {
    sysctls.shell(command);
  }

  /** Whether a shell line means nothing here. */
  static boolean isIndifferent(String command) {
    return Sysctls.isIndifferent(command);
  }

  TcpConfig tcp() {
    if (synRetries >= 0) {
      tcp.synTimeout(initialRto.multipliedBy((2L << synRetries) - 1));
    }
    return tcp.build();
  }

  String congestionControl() {
    return congestionControl;
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
