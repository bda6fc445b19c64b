package io.tapstack.ip;

/**
 * Why a packet that we sent did not arrive, whichever protocol told us. All of them are hints: the
 * message may be forged, and the transport decides what to believe (RFC 1122 section 3.2.2.1, RFC
 * 5927).
 */
public enum Unreachable {
  /** A router has no route to the network, or may not use it. */
  NET,
  /** A router cannot reach the host, or may not. */
  HOST,
  /** The host does not speak the transport protocol. */
  PROTOCOL,
  /** Nobody listens on the port. */
  PORT,
  /** The packet is larger than a link on the way carries. */
  TOO_BIG,
  /** The packet was passed on too often, or its fragments did not arrive in time. */
  TIME_EXCEEDED,
  /** Somebody did not understand our header. */
  PARAMETER,
  /** The next hop answered neither ARP nor Neighbour Discovery. */
  NEIGHBOUR
}
