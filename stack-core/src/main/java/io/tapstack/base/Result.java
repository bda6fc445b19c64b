package io.tapstack.base;

/**
 * What came of a call on the stack, or why a connection ended. Inside the stack, results are values
 * and never exceptions; the API's edges translate them.
 */
public enum Result {
  /** It worked. */
  OK("done"),
  /** An argument makes no sense here: a port out of range, a group address as a peer. */
  INVALID("invalid argument"),
  /** The local address and port belong to another socket. */
  ADDRESS_IN_USE("the address and port are in use"),
  /** The local address is not one of this stack's. */
  ADDRESS_NOT_LOCAL("the address is not one of this stack's"),
  /** No route leads to the destination, or no address of its family is configured. */
  NO_ROUTE("no route to the destination"),
  /** The datagram is larger than the path's MTU. */
  TOO_LARGE("the datagram is larger than the MTU"),
  /** A table or a buffer is at its configured limit. */
  LIMIT("a configured limit is reached"),
  /** Nothing can be done now; a readiness event will tell when. */
  WOULD_BLOCK("nothing can be done now"),
  /** The peer answered with RST to our SYN, or with an ICMP port unreachable. */
  REFUSED("connection refused by the peer"),
  /** The peer reset the established connection. */
  RESET("connection reset by the peer"),
  /** The peer did not answer in time: a SYN, data or keepalive probes. */
  TIMED_OUT("the peer does not answer"),
  /** The link layer found no neighbour, or a router said that the host is unreachable. */
  UNREACHABLE("the destination is unreachable"),
  /** This side aborted or closed it. */
  CLOSED("closed by this side");

  private final String words;

  Result(String words) {
    this.words = words;
  }

  /** The result said in words, to stand in a message. */
  public String words() {
    return words;
  }
}
