package io.tapstack.drill;

/** How what a stack sent is held against a script. */
public enum Mode {
  /**
   * Everything as it is written: flags, numbers, options in their order, windows where they are
   * given. TS val is compared if the script sets {@code --tcp_ts_tick_usecs}.
   */
  EXACT,

  /**
   * By the RFCs, not by one kernel: options as a set of kinds (values of MSS and SACK blocks),
   * windows only where the script says 0, PSH free, pure ACKs of in-order data may come up to half
   * a second late, unlisted, or with a later segment.
   */
  NEUTRAL
}
