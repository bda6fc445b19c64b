package io.tapstack.ip;

/** Why the IP layer dropped a frame; each has a counter in {@link IpCounters}. */
public enum IpDrop {
  /** Shorter than an Ethernet header. */
  RUNT("runt"),
  /** Sent to another station. */
  OTHER_STATION("other-station"),
  /** The sender's MAC address is a group's. */
  BAD_MAC("bad-mac"),
  /** An IEEE 802.3 length where a type should be. */
  LENGTH_FIELD("802.3-length"),
  /** VLAN-tagged. */
  VLAN("vlan"),
  /** A type nobody here speaks. */
  UNKNOWN_ETHERTYPE("unknown-ethertype"),
  /** Lengths, version, options or extension headers that do not fit together. */
  MALFORMED("malformed"),
  /** A wrong IPv4 header or ICMP checksum. */
  CHECKSUM("checksum"),
  /** A source that no packet from outside can have: ours, a group, loopback. */
  BAD_SOURCE("bad-source"),
  /** For an address or a group that is not ours: the host never forwards. */
  NOT_OURS("not-ours"),
  /** Sent to a link-layer group, but to a unicast IP address (RFC 1122 section 3.3.6). */
  LINK_GROUP("link-group"),
  /** A fragment whose length or place cannot be, or headers that do not fit together. */
  BAD_FRAGMENT("bad-fragment"),
  /** A fragment that is there already. */
  FRAGMENT_DUPLICATE("fragment-duplicate"),
  /** A fragment of a datagram in which fragments overlap (RFC 5722). */
  FRAGMENT_OVERLAP("fragment-overlap"),
  /** A fragment of a datagram that made room for younger ones. */
  FRAGMENT_LIMIT("fragment-limit"),
  /** A fragment that waited too long for the others. */
  FRAGMENT_TIMEOUT("fragment-timeout"),
  /** A source route that is not finished. */
  SOURCE_ROUTE("source-route"),
  /** An extension header or an option that says "drop me if you do not know me". */
  UNKNOWN_OPTION("unknown-option"),
  /** A transport protocol nobody registered. */
  UNKNOWN_PROTOCOL("unknown-protocol"),
  /** An ICMP message that is unknown, deprecated, or that we ignore on purpose. */
  ICMP_IGNORED("icmp-ignored"),
  /** An ICMP error that does not quote a packet of ours. */
  ICMP_BAD_QUOTE("icmp-bad-quote"),
  /** An ICMP error not sent, because a rule forbids it. */
  ICMP_SUPPRESSED("icmp-suppressed"),
  /** An ICMP error not sent, because of the rate limit. */
  ICMP_LIMITED("icmp-limited"),
  /** A Neighbour Discovery message that fails a check of RFC 4861. */
  BAD_ND("bad-nd"),
  /** No packet was left in the pool for what had to be sent. */
  NO_BUFFER("no-buffer"),
  /** The device did not take the frame. */
  DEVICE("device"),
  /** The next hop is unresolved and its queue, or the table of neighbours, is full. */
  NEIGHBOUR("neighbour"),
  /** Larger than the interface's MTU. */
  TOO_LARGE("too-large");

  private final String label;

  IpDrop(String label) {
    this.label = label;
  }

  /** A short name for status pages, lower case with hyphens. */
  public String label() {
    return label;
  }
}
