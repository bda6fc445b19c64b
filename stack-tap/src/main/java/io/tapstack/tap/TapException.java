package io.tapstack.tap;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A device could not be opened or configured. The message says what was wrong and what to do;
 * {@link #reason} is for a program that has another way to go on.
 */
public final class TapException extends IOException {
  private static final long serialVersionUID = 1;

  /** What stood in the way. */
  public enum Reason {
    /** Not 64-bit Linux, or native code cannot be loaded. */
    UNSUPPORTED,
    /** The node {@code /dev/net/tun} or the driver behind it is missing. */
    NODE_MISSING,
    /** The process may not do this. */
    NO_PERMISSION,
    /** Another process holds the device. */
    BUSY,
    /** The kernel takes no such interface name. */
    BAD_NAME,
    /** An interface of that name exists and is something else. */
    NOT_A_TAP,
    /** No interface of that name exists. */
    NO_INTERFACE,
    /** Anything else that the kernel refused; the message has its words. */
    SYSTEM
  }

  private final Reason reason;

  TapException(Reason reason, String message) {
    this(reason, message, null);
  }

  TapException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** What stood in the way. */
  public Reason reason() {
    return reason;
  }
}
