package io.tapstack.socket;

/** Mbed's {@code nsapi_version_t}: which Internet protocol an address belongs to. */
public enum NsapiVersion {
  /** Neither: the address is not set. */
  UNSPEC,
  /** IPv4. */
  IPV4,
  /** IPv6. */
  IPV6
}
