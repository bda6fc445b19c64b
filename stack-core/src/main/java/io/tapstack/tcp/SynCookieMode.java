package io.tapstack.tcp;

/** When a SYN is answered without being remembered: RFC 4987 section 3.6. */
public enum SynCookieMode {
  /** Never: SYNs that find the queue full are dropped. */
  OFF,

  /** When a listener's queue of half-open connections is full. */
  ON_OVERFLOW,

  /** Always: no SYN is remembered. For tests, as in Linux. */
  ALWAYS
}
