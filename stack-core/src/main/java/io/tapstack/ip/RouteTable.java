package io.tapstack.ip;

import io.tapstack.base.Result;
import io.tapstack.wire.IpAddress;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes of a stack, both families. Looked up by the longest prefix; of equally long ones, the
 * one added first.
 *
 * <p>Routes stand in arrays, longest prefix first, and are searched from the front: a host has a
 * handful of them, and nothing is allocated. At most {@link #MAX_ROUTES}.
 *
 * <p>Thread: the owner of the stack.
 */
public final class RouteTable {
  /** How many routes there may be. */
  public static final int MAX_ROUTES = 1024;

  private Route[] routes = new Route[0];
  private long[] networkHigh = new long[0];
  private long[] networkLow = new long[0];
  private int[] bits = new int[0];

  RouteTable() {}

  /**
   * Adds a route; one that is there already is left as it is.
   *
   * @param network any address in the network
   * @param prefixLength in bits of the network's own family
   * @param gateway the next hop, on the interface's link, or null if the network is on the link
   * @return OK; INVALID for a prefix length or a gateway that does not fit the network's family;
   *     LIMIT if the table is full
   */
  public Result add(
      IpAddress network, int prefixLength, @Nullable IpAddress gateway, IpInterface iface) {
    if (prefixLength < 0
        || prefixLength > network.bits()
        || gateway != null && (gateway.isV4() != network.isV4() || !isHost(gateway))) {
      return Result.INVALID;
    }
    Route route = new Route(Prefixes.network(network, prefixLength), prefixLength, gateway, iface);
    int position = 0;
    for (Route other : routes) {
      if (other.equals(route)) {
        return Result.OK;
      }
      if (other.bits() >= route.bits()) {
        position++;
      }
    }
    if (routes.length == MAX_ROUTES) {
      return Result.LIMIT;
    }
    Route[] grown = new Route[routes.length + 1];
    System.arraycopy(routes, 0, grown, 0, position);
    grown[position] = route;
    System.arraycopy(routes, position, grown, position + 1, routes.length - position);
    index(grown);
    return Result.OK;
  }

  /** Adds the route for everything of the gateway's family. */
  public Result addDefault(IpAddress gateway, IpInterface iface) {
    return add(gateway.isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6, 0, gateway, iface);
  }

  /** Takes a route out; false if it was not there. */
  public boolean remove(
      IpAddress network, int prefixLength, @Nullable IpAddress gateway, IpInterface iface) {
    if (prefixLength < 0 || prefixLength > network.bits()) {
      return false;
    }
    Route route = new Route(Prefixes.network(network, prefixLength), prefixLength, gateway, iface);
    int before = routes.length;
    index(Arrays.stream(routes).filter(other -> !other.equals(route)).toArray(Route[]::new));
    return routes.length < before;
  }

  /** The route to a destination, or null if there is none. */
  public @Nullable Route lookup(long high, long low) {
    boolean v4 = IpAddress.isV4(high, low);
    for (int i = 0; i < bits.length; i++) {
      int length = bits[i];
      if (v4 && length < 96) {
        return null; // an IPv6 network, however short its prefix, holds no IPv4 host
      }
      if (((high ^ networkHigh[i]) & Prefixes.maskHigh(length)) == 0
          && ((low ^ networkLow[i]) & Prefixes.maskLow(length)) == 0) {
        return routes[i];
      }
    }
    return null;
  }

  /** All routes in the order in which they are searched. */
  public List<Route> routes() {
    return List.of(routes);
  }

  private void index(Route[] all) {
    routes = all;
    networkHigh = Arrays.stream(all).mapToLong(route -> route.network().high()).toArray();
    networkLow = Arrays.stream(all).mapToLong(route -> route.network().low()).toArray();
    bits = Arrays.stream(all).mapToInt(Route::bits).toArray();
  }

  private static boolean isHost(IpAddress address) {
    return !address.isAny() && !address.isMulticast() && !address.isLoopback();
  }
}
