package io.tapstack.cli;

import io.tapstack.wire.IpAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that every command has: which device, which addresses, what else about the wire. */
final class NetworkOptions {
  /** The stack's addresses where none are given. */
  static final List<Prefix> ADDRESSES =
      List.of(Prefix.parse("10.77.0.2/24"), Prefix.parse("fd77::2/64"));

  /** The Linux side's addresses in the demo where none are given. */
  static final List<Prefix> HOST_ADDRESSES =
      List.of(Prefix.parse("10.77.0.1/24"), Prefix.parse("fd77::1/64"));

  /** What may be said about offloads. */
  enum Offload {
    AUTO,
    ON,
    OFF
  }

  @Spec(Target.MIXEE)
  private @Nullable CommandSpec spec;

  @Option(
      names = "--tap",
      paramLabel = "NAME",
      defaultValue = "tap0",
      description = "The TAP device (default: ${DEFAULT-VALUE}).")
  private String tap = "tap0";

  @Option(
      names = "--address",
      paramLabel = "IP/LEN",
      converter = Prefix.Converter.class,
      description = "An address of the stack; repeat for more (default: 10.77.0.2/24, fd77::2/64).")
  private List<Prefix> addresses = new ArrayList<>();

  @Option(
      names = "--host-address",
      paramLabel = "IP/LEN",
      converter = Prefix.Converter.class,
      description =
          "An address of the Linux side: the device is configured and brought up; needs"
              + " CAP_NET_ADMIN. Repeat for more.")
  private List<Prefix> hostAddresses = new ArrayList<>();

  @Option(
      names = "--gateway",
      paramLabel = "IP",
      converter = AddressConverter.class,
      description = "The default gateway; repeat for the other IP version.")
  private List<IpAddress> gateways = new ArrayList<>();

  @Option(
      names = "--mtu",
      paramLabel = "N",
      description = "The MTU in bytes, 1280 to 65521 (default: the device's own, usually 1500).")
  private @Nullable Integer mtu;

  @Option(
      names = "--pcap",
      paramLabel = "FILE",
      description = "Write every frame to a pcapng file that Wireshark opens.")
  private @Nullable Path pcap;

  @Option(
      names = "--offload",
      paramLabel = "auto|on|off",
      defaultValue = "AUTO",
      description = "Whether the kernel cuts and checksums; so far it never does.")
  private Offload offload = Offload.AUTO;

  @Option(names = "--dhcp", description = "Not available yet.")
  private boolean dhcp;

  @Option(names = "--slaac", description = "Not available yet.")
  private boolean slaac;

  @Option(names = "--dns", paramLabel = "IP", description = "Not available yet.")
  private List<String> dns = new ArrayList<>();

  /** Checks what one option alone does not show. */
  void check() {
    if (offload == Offload.ON) {
      throw notYet("--offload on", "auto or off");
    }
    if (dhcp) {
      throw notYet("--dhcp", "a static address by --address IP/LEN");
    }
    if (slaac) {
      throw notYet("--slaac", "a static address by --address IP/LEN");
    }
    if (!dns.isEmpty()) {
      throw notYet("--dns", "addresses instead of names");
    }
    // RFC 8200 section 5: 1280. Above: 65535 less the Ethernet header is what TUN takes.
    if (mtu() < 1280 || mtu() > 65521) {
      throw wrong("--mtu " + mtu() + " is out of range; expected 1280 to 65521");
    }
    if (!tap.matches("[^/\\s]{1,15}") || tap.equals(".") || tap.equals("..")) {
      throw wrong(
          "--tap \""
              + tap
              + "\" cannot name a device; expected 1 to 15 characters without spaces and slashes");
    }
    for (IpAddress gateway : gateways) {
      long reaching = addresses().stream().filter(a -> a.reaches(gateway)).count();
      if (reaching == 0) {
        throw wrong(
            "--gateway "
                + gateway
                + " is on none of the stack's networks; expected an address in one of "
                + addresses());
      }
    }
  }

  /** A wrong use of these options. */
  ParameterException wrong(String sentence) {
    if (spec == null) {
      throw new IllegalStateException("the options belong to no command");
    }
    return new ParameterException(spec.commandLine(), sentence);
  }

  private ParameterException notYet(String option, String instead) {
    return wrong(option + " is not available yet; use " + instead);
  }

  String tap() {
    return tap;
  }

  List<Prefix> addresses() {
    return addresses.isEmpty() ? ADDRESSES : addresses;
  }

  List<Prefix> hostAddresses() {
    return hostAddresses;
  }

  List<IpAddress> gateways() {
    return gateways;
  }

  /** The MTU asked for, or that of Ethernet. */
  int mtu() {
    Integer asked = mtu;
    return asked == null ? 1500 : asked;
  }

  boolean isMtuGiven() {
    return mtu != null;
  }

  @Nullable Path pcap() {
    return pcap;
  }
}
