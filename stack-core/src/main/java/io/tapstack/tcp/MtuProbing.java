package io.tapstack.tcp;

/**
 * When connections find out by themselves what a path carries, without the help of routers (RFC
 * 4821); as Linux's tcp_mtu_probing, in its order.
 */
public enum MtuProbing {
  /** Never: where routers' messages are dropped, a connection hangs and fails; 0 in Linux. */
  OFF,
  /**
   * When full-sized segments time out several times, so that messages seem to be lost; 1 in Linux.
   * The default here: it costs nothing on any other path, and messages are dropped on many. Linux's
   * default is older than that experience.
   */
  ON_BLACK_HOLE,
  /** From the start, beginning with small segments; 2 in Linux. */
  ALWAYS
}
