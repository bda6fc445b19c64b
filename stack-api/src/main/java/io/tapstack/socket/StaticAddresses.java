package io.tapstack.socket;

import io.tapstack.base.Result;
import io.tapstack.ip.IpInterface;
import io.tapstack.ip.RouteTable;
import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The addresses and gateways that an interface was given.
 *
 * <p>Thread: any, for what configures and asks; the owner of the stack for {@link #addTo} and
 * {@link #removeFrom}.
 */
final class StaticAddresses {
  private final List<Prefix> addresses = new CopyOnWriteArrayList<>();
  private final List<IpAddress> gateways = new CopyOnWriteArrayList<>();

  StaticAddresses() {}

  /**
   * Replaces all.
   *
   * @throws IllegalArgumentException if the gateway is no address
   */
  void set(Prefix address, @Nullable String gateway) {
    IpAddress way = gateway == null ? IpAddress.ANY_V4 : IpAddress.parse(gateway);
    addresses.clear();
    addresses.add(address);
    gateways.clear();
    if (!way.isAny()) {
      gateways.add(way);
    }
  }

  void add(Prefix address) {
    addresses.add(address);
  }

  /**
   * Adds a gateway.
   *
   * @throws IllegalArgumentException if it is none
   */
  void addGateway(String gateway) {
    IpAddress way = IpAddress.parse(gateway);
    if (way.isAny()) {
      throw new IllegalArgumentException("\"" + gateway + "\" is no gateway's address");
    }
    gateways.add(way);
  }

  boolean isEmpty() {
    return addresses.isEmpty();
  }

  @Nullable IpAddress first() {
    return addresses.isEmpty() ? null : addresses.get(0).address();
  }

  @Nullable IpAddress netmask() {
    for (Prefix prefix : addresses) {
      if (prefix.address().isV4()) {
        return prefix.netmask();
      }
    }
    return null;
  }

  @Nullable IpAddress gateway() {
    return gateways.isEmpty() ? null : gateways.get(0);
  }

  /** Gives an interface all of them, and answers null or, in words, why it could not take one. */
  @Nullable String addTo(IpInterface to, RouteTable routes) {
    for (Prefix address : addresses) {
      Result result = to.addAddress(address.address(), address.length());
      if (result != Result.OK) {
        return "the address "
            + address.address()
            + "/"
            + address.length()
            + " cannot be used: "
            + result.words();
      }
    }
    for (IpAddress gateway : gateways) {
      Result result = routes.addDefault(gateway, to);
      if (result != Result.OK) {
        return "the gateway " + gateway + " cannot be used: " + result.words();
      }
    }
    return null;
  }

  /** Takes all addresses from an interface, and the gateways. */
  void removeFrom(IpInterface from, RouteTable routes) {
    for (IpAddress gateway : gateways) {
      IpAddress any = gateway.isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
      routes.remove(any, 0, gateway, from);
    }
    List.copyOf(from.addresses()).forEach(entry -> from.removeAddress(entry.address()));
  }
}
