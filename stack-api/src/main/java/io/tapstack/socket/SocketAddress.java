package io.tapstack.socket;

import io.tapstack.wire.IpAddress;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An IP address and a port. Mutable, as Mbed's is, because {@code recvfrom} and its like fill in
 * the one that the caller passes. An instance that several threads use needs the caller's own
 * order.
 *
 * <p>Equality is Mbed's: two addresses whose bytes are all zero are equal whatever their ports;
 * otherwise version, port and bytes must agree. An IPv4-mapped IPv6 address ({@code
 * ::ffff:a.b.c.d}, RFC 4291 section 2.5.5.2) is the IPv4 address that it stands for.
 */
public final class SocketAddress {
  private NsapiVersion version = NsapiVersion.UNSPEC;
  private IpAddress address = IpAddress.ANY_V6;
  private int port;

  /** Creates an unset address with port 0. */
  public SocketAddress() {}

  /** Creates a copy. */
  public SocketAddress(SocketAddress other) {
    set(other);
  }

  /**
   * Creates an address from its text. Text that is no literal leaves the address unset and keeps
   * the port.
   *
   * @param text such as {@code "10.77.0.1"} or {@code "fd77::1"}; null leaves it unset
   * @param port 0 to 65535
   * @throws IllegalArgumentException if the port is out of range
   */
  public SocketAddress(@Nullable String text, int port) {
    setIpAddress(text);
    setPort(port);
  }

  /** Creates an address from its text, with port 0. */
  public SocketAddress(@Nullable String text) {
    this(text, 0);
  }

  /**
   * Creates an address from the stack's own kind of it.
   *
   * @param address an IPv4 or IPv6 address
   * @param port 0 to 65535
   * @throws IllegalArgumentException if the port is out of range
   */
  public SocketAddress(IpAddress address, int port) {
    setIp(address);
    setPort(port);
  }

  /**
   * Creates an address from its bytes in network order.
   *
   * @param bytes at least 4 for IPv4, 16 for IPv6; more are ignored
   * @param port 0 to 65535
   * @throws IllegalArgumentException if there are too few bytes or the port is out of range
   */
  public SocketAddress(byte[] bytes, NsapiVersion version, int port) {
    setIpBytes(bytes, version);
    setPort(port);
  }

  /** Makes this a copy of another. */
  public void set(SocketAddress other) {
    version = other.version;
    address = other.address;
    port = other.port;
  }

  /**
   * Parses a literal. Never asks a resolver, never throws.
   *
   * @return false if it is none; the address is then unset and the port kept
   */
  public boolean setIpAddress(@Nullable String text) {
    IpAddress parsed = text == null ? null : IpAddress.parseOrNull(text);
    if (parsed == null) {
      version = NsapiVersion.UNSPEC;
      address = IpAddress.ANY_V6;
      return false;
    }
    setIp(parsed);
    return true;
  }

  /**
   * Sets the address from bytes in network order.
   *
   * @param bytes at least 4 for IPv4, 16 for IPv6; ignored for UNSPEC
   * @throws IllegalArgumentException if there are too few
   */
  public void setIpBytes(byte[] bytes, NsapiVersion version) {
    int needed = byteCount(version);
    if (bytes.length < needed) {
      throw new IllegalArgumentException(
          bytes.length + " bytes given for an " + version + " address, which has " + needed);
    }
    if (needed == 0) {
      this.version = NsapiVersion.UNSPEC;
      address = IpAddress.ANY_V6;
    } else {
      setIp(IpAddress.ofBytes(Arrays.copyOf(bytes, needed)));
    }
  }

  /** Sets the address and keeps the port. */
  public void setIp(IpAddress address) {
    this.address = Objects.requireNonNull(address, "address");
    version = address.isV4() ? NsapiVersion.IPV4 : NsapiVersion.IPV6;
  }

  /**
   * Sets the port.
   *
   * @throws IllegalArgumentException unless it is 0 to 65535
   */
  public void setPort(int port) {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException(port + " is not a port; expected 0 to 65535");
    }
    this.port = port;
  }

  /** The address in the stack's own kind; null if it is unset. */
  public @Nullable IpAddress ip() {
    return version == NsapiVersion.UNSPEC ? null : address;
  }

  /** The address as text, IPv6 in the form of RFC 5952; null if it is unset. */
  public @Nullable String getIpAddress() {
    return version == NsapiVersion.UNSPEC ? null : address.toString();
  }

  /** The address in network order: 4, 16 or, if it is unset, no bytes. */
  public byte[] getIpBytes() {
    return version == NsapiVersion.UNSPEC ? new byte[0] : address.toBytes();
  }

  /** IPv4, IPv6, or neither if the address is unset. */
  public NsapiVersion getIpVersion() {
    return version;
  }

  /** The port, 0 to 65535. */
  public int getPort() {
    return port;
  }

  /** Whether all bytes of the address are zero: unset, 0.0.0.0 or ::. */
  public boolean isEmpty() {
    return address.isAny();
  }

  private static int byteCount(NsapiVersion version) {
    return switch (version) {
      case UNSPEC -> 0;
      case IPV4 -> 4;
      case IPV6 -> 16;
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof SocketAddress that)) {
      return false;
    }
    if (isEmpty() && that.isEmpty()) {
      return true;
    }
    return version == that.version && port == that.port && address.equals(that.address);
  }

  @Override
  public int hashCode() {
    return isEmpty() ? 0 : Objects.hash(address, port);
  }

  /** {@code 10.77.0.1:80}, {@code [fd77::1]:80}, or {@code unset:80}. */
  @Override
  public String toString() {
    return switch (version) {
      case UNSPEC -> "unset:" + port;
      case IPV4 -> address + ":" + port;
      case IPV6 -> "[" + address + "]:" + port;
    };
  }
}
