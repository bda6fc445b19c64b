package io.tapstack.tap;

import io.tapstack.tap.TapException.Reason;

/** Says what a failed call to the TAP driver or to netlink means, and what to do about it. */
final class TapFailure {
  private static final String UNPRIVILEGED =
      "run as root or with CAP_NET_ADMIN; or have it made for you once with"
          + " \"sudo ip tuntap add dev %1$s mode tap user $USER\";"
          + " or run in a network of your own with \"unshare -rn\"";

  private TapFailure() {}

  /** The device node could not be opened. */
  static TapException opening(String node, int errno) {
    String what = "cannot open " + node + " (" + Errno.words(errno) + "): ";
    return switch (errno) {
      case Errno.ENOENT ->
          new TapException(
              Reason.NODE_MISSING,
              what
                  + "the device node is missing; load the driver with \"modprobe tun\", or start the"
                  + " container with --device "
                  + node);
      case Errno.ENODEV, Errno.ENXIO ->
          new TapException(
              Reason.NODE_MISSING,
              what + "the kernel has no TUN/TAP driver loaded; load it with \"modprobe tun\"");
      case Errno.EACCES, Errno.EPERM ->
          new TapException(
              Reason.NO_PERMISSION,
              what
                  + "this user may not open the device node; most systems give it mode 0666"
                  + " (\"ls -l "
                  + node
                  + "\" shows it); run as root, or start the container with --device "
                  + node);
      case Errno.EMFILE, Errno.ENFILE ->
          new TapException(
              Reason.SYSTEM, what + "close what is open, or raise the limit (\"ulimit -n\")");
      default -> new TapException(Reason.SYSTEM, what + "this is not how a TUN/TAP node behaves");
    };
  }

  /** TUNSETIFF failed. */
  static TapException attaching(String node, String name, int errno) {
    String what = "cannot open the TAP device " + name + " (" + Errno.words(errno) + "): ";
    return switch (errno) {
      case Errno.EPERM, Errno.EACCES ->
          new TapException(
              Reason.NO_PERMISSION,
              what
                  + "creating one needs the capability CAP_NET_ADMIN, and an existing one opens only"
                  + " for its owner; "
                  + String.format(UNPRIVILEGED, name));
      case Errno.EBUSY ->
          new TapException(
              Reason.BUSY,
              what
                  + "another process, or this one, holds it; stop that one (\"ip -details link show "
                  + name
                  + "\" and \"fuser "
                  + node
                  + "\" help to find it) or choose another name");
      case Errno.EINVAL ->
          new TapException(
              Reason.NOT_A_TAP,
              what
                  + "an interface of that name exists and is not a single-queue TAP device; see"
                  + " \"ip -details link show "
                  + name
                  + "\", or choose another name");
      case ENOTTY ->
          new TapException(
              Reason.NODE_MISSING,
              what + node + " is not the node of the TUN/TAP driver (10, 200)");
      default -> new TapException(Reason.SYSTEM, what + "the kernel refused it");
    };
  }

  private static final int ENOTTY = 25;

  /** The kernel refused to configure an interface; {@code command} is how to do it by hand. */
  static TapException configuring(String name, String command, int errno, String kernelSays) {
    String what =
        "cannot do \"ip "
            + command
            + "\" ("
            + Errno.words(errno)
            + (kernelSays.isEmpty() ? "" : "; the kernel says: " + kernelSays)
            + "): ";
    return switch (errno) {
      case Errno.EPERM ->
          new TapException(
              Reason.NO_PERMISSION,
              what
                  + "configuring an interface needs the capability CAP_NET_ADMIN; run as root, or in"
                  + " a network of your own with \"unshare -rn\", or have the command done for you");
      case Errno.ENODEV ->
          new TapException(
              Reason.NO_INTERFACE,
              what + "there is no interface " + name + "; open it first, \"ip link\" lists them");
      case Errno.EACCES ->
          new TapException(
              Reason.SYSTEM,
              what
                  + "its protocol is disabled on the interface; allow it with \"sysctl -w"
                  + " net.ipv6.conf."
                  + name
                  + ".disable_ipv6=0\", and give the interface an MTU of at least 1280");
      default ->
          new TapException(
              Reason.SYSTEM, what + "give it values that suit the interface; \"ip link\" shows it");
    };
  }
}
