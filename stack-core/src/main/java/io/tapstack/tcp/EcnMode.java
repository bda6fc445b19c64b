package io.tapstack.tcp;

/**
 * Whether connections use explicit congestion notification (RFC 3168); as Linux's tcp_ecn, in its
 * order.
 */
public enum EcnMode {
  /** Neither asked for nor granted; 0 in Linux. */
  OFF,
  /** Asked for by our SYN and granted to peers; 1 in Linux. */
  ON,
  /** Granted to peers who ask, which cannot harm; 2 in Linux, and the default. */
  PASSIVE
}
