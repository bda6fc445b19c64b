package io.tapstack.socket;

import io.tapstack.runtime.StackDriver;
import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A way to a network: what sockets are opened on. It is configured, then connected; sockets may be
 * opened before that.
 *
 * <p>Names are not resolved yet, nor addresses obtained by DHCP: {@link #gethostbyname} knows
 * addresses only, and an interface connects with the addresses that it was given.
 *
 * <p>Thread: any.
 */
public abstract class NetworkInterface implements AutoCloseable {
  /** The event of {@link ConnectionListener}: the connection status has changed. */
  public static final int EVENT_CONNECTION_STATUS_CHANGE = 0;

  /** A local address is set. */
  public static final int STATUS_LOCAL_UP = 0;

  /** The interface is up. */
  public static final int STATUS_GLOBAL_UP = 1;

  /** The interface is down. */
  public static final int STATUS_DISCONNECTED = 2;

  /** The interface is coming up. */
  public static final int STATUS_CONNECTING = 3;

  private static final int MAX_NAME = 255;

  private final Sessions sessions = new Sessions();
  private final List<ConnectionListener> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable ConnectionListener attached;
  private volatile @Nullable String lastProblem;

  NetworkInterface() {}

  /** What drives the stack behind this interface, for what the socket API does not offer. */
  public abstract StackDriver driver();

  Sessions sessions() {
    return sessions;
  }

  // ---- up and down ----

  /**
   * Brings the interface up.
   *
   * @return OK; IS_CONNECTED; BUSY if another thread is at it; PARAMETER, DEVICE_ERROR or
   *     DHCP_FAILURE, for which {@link #lastProblem()} has the words; may be called again then
   */
  public abstract int connect();

  /**
   * Takes the interface down: connections end, addresses go. Waits up to a second for what closed
   * sockets have still to deliver.
   *
   * @return OK; NO_CONNECTION if it is not up; BUSY if called from a sigio callback while another
   *     thread is at it
   */
  public abstract int disconnect();

  /** Disconnects and gives everything back; the interface cannot be used any more. */
  @Override
  public abstract void close();

  /** One of the STATUS constants. */
  public abstract int getConnectionStatus();

  /**
   * Sets whether {@link #connect} waits. With addresses that were given there is nothing to wait
   * for, so it changes nothing.
   *
   * @return OK
   */
  public int setBlocking(boolean blocking) {
    return NsapiError.OK;
  }

  /** What went wrong last, in a sentence that says what to do; null if nothing did. */
  public final @Nullable String lastProblem() {
    return lastProblem;
  }

  /** Notes a problem, and answers its code. */
  final int problem(int code, String words) {
    lastProblem = words;
    return code;
  }

  final void noProblem() {
    lastProblem = null;
  }

  // ---- addresses ----

  /**
   * Sets the addresses that connect uses, as Mbed has it, and turns DHCP off.
   *
   * @param ip the interface's address
   * @param netmask for an IPv4 address; for IPv6 a prefix length such as {@code "64"}
   * @param gateway the default gateway; null or 0.0.0.0 for none
   * @return OK, PARAMETER if one of them makes no sense, or BUSY while connected
   */
  public abstract int setNetwork(String ip, String netmask, @Nullable String gateway);

  /**
   * Tells the interface's first address.
   *
   * @param address filled in on success, with port 0
   * @return OK, or NO_CONNECTION if there is none
   */
  public abstract int getIpAddress(SocketAddress address);

  /** Tells the netmask of the first IPv4 address; as {@link #getIpAddress}. */
  public abstract int getNetmask(SocketAddress address);

  /** Tells the first default gateway; as {@link #getIpAddress}. */
  public abstract int getGateway(SocketAddress address);

  /** Tells the link-local IPv6 address; as {@link #getIpAddress}. */
  public abstract int getIpv6LinkLocalAddress(SocketAddress address);

  /** The interface's MAC address as text, or null before the first connect. */
  public abstract @Nullable String getMacAddress();

  /** The interface's name, or null before the first connect. */
  public abstract @Nullable String getInterfaceName();

  // ---- names ----

  /** Resolves a name to an address of either family; see the other one. */
  public final int gethostbyname(@Nullable String host, SocketAddress address) {
    return gethostbyname(host, address, NsapiVersion.UNSPEC);
  }

  /**
   * Resolves a name. There is no resolver yet: addresses are understood, any name is DNS_FAILURE.
   *
   * @param address filled in on success; its port is kept
   * @param version which family, or UNSPEC for either
   * @return OK; PARAMETER if the name is null, empty or longer than 255 characters; DNS_FAILURE for
   *     a name, or an address of the other family
   */
  public final int gethostbyname(
      @Nullable String host, SocketAddress address, NsapiVersion version) {
    if (host == null || host.isEmpty() || host.length() > MAX_NAME) {
      return problem(NsapiError.PARAMETER, "a host name has 1 to 255 characters");
    }
    IpAddress literal = IpAddress.parseOrNull(host);
    if (literal == null) {
      return problem(
          NsapiError.DNS_FAILURE,
          "the name \""
              + host
              + "\" cannot be resolved: there is no resolver yet, give an address");
    }
    NsapiVersion family = literal.isV4() ? NsapiVersion.IPV4 : NsapiVersion.IPV6;
    if (version != NsapiVersion.UNSPEC && version != family) {
      return problem(
          NsapiError.DNS_FAILURE, "\"" + host + "\" is an " + family + " address, not " + version);
    }
    address.setIp(literal);
    return NsapiError.OK;
  }

  // ---- events ----

  /** Sets the one listener that Mbed's {@code attach} has; null takes it away. */
  public final void attach(@Nullable ConnectionListener listener) {
    attached = listener;
  }

  /** Adds one of any number of listeners. */
  public final void addEventListener(ConnectionListener listener) {
    listeners.add(listener);
  }

  /** Takes a listener away. */
  public final void removeEventListener(ConnectionListener listener) {
    listeners.remove(listener);
  }

  /** Tells everybody. Called without a lock. */
  final void announce(int status) {
    ConnectionListener single = attached;
    if (single != null) {
      single.changed(EVENT_CONNECTION_STATUS_CHANGE, status);
    }
    for (ConnectionListener listener : listeners) {
      listener.changed(EVENT_CONNECTION_STATUS_CHANGE, status);
    }
  }
}
