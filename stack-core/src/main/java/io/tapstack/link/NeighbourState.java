package io.tapstack.link;

/** How much is known about a neighbour, RFC 4861 section 7.3.2; ARP uses the same states. */
public enum NeighbourState {
  /** Asked for; its MAC address is not known yet. */
  INCOMPLETE,
  /** It answered us lately. */
  REACHABLE,
  /** The MAC address is known, but nobody knows whether it is still right. */
  STALE,
  /** In use while stale: it is asked soon. */
  DELAY,
  /** It is being asked by unicast. */
  PROBE
}
