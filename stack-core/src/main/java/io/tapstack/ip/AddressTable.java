package io.tapstack.ip;

import io.tapstack.link.Arp;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The unicast addresses of one interface, and the questions that only they answer: is it ours, is
 * it our group, is it a broadcast, is it on the link. A handful of entries in arrays; nothing here
 * allocates but changes of the table.
 */
final class AddressTable implements Arp.Addresses {
  /** Enough for a host, and a bound for what may be asked of every packet. */
  static final int MAX = 64;

  private static final IpAddress ALL_HOSTS_V4 = IpAddress.ofV4(0xe000_0001);
  private static final long INTERFACE_LOCAL = 0xff01L << 48;
  private static final long LINK_SCOPE = 0xff02L << 48;

  private List<InterfaceAddress> entries = List.of();
  private IpAddress[] addresses = new IpAddress[0];
  private long[] highs = new long[0];
  private long[] lows = new long[0];

  /** Prefix lengths counted in 128 bits. */
  private int[] bits = new int[0];

  AddressTable() {}

  List<InterfaceAddress> list() {
    return entries;
  }

  boolean isFull() {
    return entries.size() == MAX;
  }

  void add(InterfaceAddress entry) {
    List<InterfaceAddress> changed = new ArrayList<>(entries);
    changed.add(entry);
    index(changed);
  }

  @Nullable InterfaceAddress remove(IpAddress address) {
    for (InterfaceAddress entry : entries) {
      if (entry.address().equals(address)) {
        List<InterfaceAddress> changed = new ArrayList<>(entries);
        changed.remove(entry);
        index(changed);
        return entry;
      }
    }
    return null;
  }

  private void index(List<InterfaceAddress> changed) {
    entries = List.copyOf(changed);
    addresses = entries.stream().map(InterfaceAddress::address).toArray(IpAddress[]::new);
    highs = entries.stream().mapToLong(entry -> entry.address().high()).toArray();
    lows = entries.stream().mapToLong(entry -> entry.address().low()).toArray();
    bits =
        entries.stream()
            .mapToInt(entry -> Prefixes.bits(entry.address(), entry.prefixLength()))
            .toArray();
  }

  /** Whether a host can have the address at all. */
  boolean mayHave(IpAddress address) {
    return !address.isAny()
        && !address.isMulticast()
        && !address.isLoopback()
        && !(address.isV4() && !isHostV4(address.v4()));
  }

  boolean contains(long high, long low) {
    for (int i = 0; i < lows.length; i++) {
      if (lows[i] == low && highs[i] == high) {
        return true;
      }
    }
    return false;
  }

  /** RFC 1122 section 3.2.1.3: 0/8, 127/8, classes D and E are no hosts. */
  static boolean isHostV4(int address) {
    int first = address >>> 24;
    return first != 0 && first != 127 && first < 224;
  }

  boolean isGroup(long high, long low) {
    if (IpAddress.isV4(high, low)) {
      return low == ALL_HOSTS_V4.low();
    }
    if (low == 1 && (high == LINK_SCOPE || high == INTERFACE_LOCAL)) {
      return lows.length > 0;
    }
    if (high != LINK_SCOPE || low >>> 24 != 0x1ff) {
      return false;
    }
    for (int i = 0; i < lows.length; i++) { // RFC 4291 section 2.7.1: the solicited-node group
      if (((lows[i] ^ low) & 0xff_ffff) == 0 && !IpAddress.isV4(highs[i], lows[i])) {
        return true;
      }
    }
    return false;
  }

  /**
   * 255.255.255.255, or all ones or all zeros in the host part of one of our networks (RFC 1122
   * section 3.3.6); networks of /31 and /32 have no broadcast address (RFC 3021).
   */
  boolean isBroadcast(int address) {
    if (address == -1) {
      return true;
    }
    for (int i = 0; i < lows.length; i++) {
      if (IpAddress.isV4(highs[i], lows[i]) && bits[i] < 96 + 31) {
        int mask = (int) Prefixes.maskLow(bits[i]);
        int host = address & ~mask;
        if (((address ^ (int) lows[i]) & mask) == 0 && (host == 0 || host == ~mask)) {
          return true;
        }
      }
    }
    return false;
  }

  boolean isOnLink(long high, long low) {
    if (IpAddress.isLinkLocalV6(high)) {
      return true;
    }
    boolean v4 = IpAddress.isV4(high, low);
    for (int i = 0; i < lows.length; i++) {
      if (v4 == IpAddress.isV4(highs[i], lows[i])
          && ((highs[i] ^ high) & Prefixes.maskHigh(bits[i])) == 0
          && ((lows[i] ^ low) & Prefixes.maskLow(bits[i])) == 0) {
        return true;
      }
    }
    return false;
  }

  boolean isNeighbour(long high, long low) {
    return isOnLink(high, low)
        && !contains(high, low)
        && !(IpAddress.isV4(high, low) && (!isHostV4((int) low) || isBroadcast((int) low)));
  }

  @Override
  public boolean isOurs(int address) {
    return contains(0, IpAddress.mapped(address));
  }

  @Override
  public boolean isNeighbour(int address) {
    return isNeighbour(0, IpAddress.mapped(address));
  }

  /** The address to ask a neighbour from: RFC 4861 section 7.2.2, any of ours, best on its net. */
  @Nullable IpAddress solicitFrom(long high, long low) {
    IpAddress neighbour = new IpAddress(high, low);
    return best(neighbour, neighbour);
  }

  /**
   * RFC 6724 section 5, rules 2 and 8.
   *
   * @param near what the longest common prefix is taken with
   */
  @Nullable IpAddress selectSource(IpAddress destination, IpAddress near) {
    IpAddress source = best(destination, near);
    boolean beyondLink = !destination.isV4() && !isLinkScope(destination);
    // A link-local source does not get beyond the link: better none.
    return source != null && beyondLink && source.isLinkLocalV6() ? null : source;
  }

  private @Nullable IpAddress best(IpAddress destination, IpAddress near) {
    IpAddress best = null;
    int bestScore = -1;
    boolean link = isLinkScope(destination);
    for (IpAddress address : addresses) {
      if (address.isV4() == destination.isV4()) {
        int score = Prefixes.common(address.high(), address.low(), near.high(), near.low());
        if (address.isLinkLocalV6() == link) {
          score += 1000;
        }
        if (score > bestScore) {
          best = address;
          bestScore = score;
        }
      }
    }
    return best;
  }

  private static boolean isLinkScope(IpAddress address) {
    return address.isLinkLocalV6() || address.high() >>> 48 == 0xff02;
  }
}
