package io.tapstack.socket;

import io.tapstack.base.Result;
import io.tapstack.ip.IpInterface;
import io.tapstack.link.Link;
import io.tapstack.runtime.StackDriver;
import io.tapstack.runtime.StackLoop;
import io.tapstack.runtime.SwitchedLink;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Mac;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An Ethernet interface with a stack of its own, over a TAP device or any other link.
 *
 * <pre>{@code
 * EthernetInterface net = new EthernetInterface();     // tap0
 * net.setNetwork("10.77.0.2", "255.255.255.0", "10.77.0.1");
 * NsapiError.check(net.connect());
 * }</pre>
 *
 * <p>Connecting opens the device and starts a daemon thread that bears the interface's name;
 * disconnecting takes both away and ends connections, while sockets stay open. {@link #close} ends
 * everything.
 */
public final class EthernetInterface extends NetworkInterface {
  private static final long DELIVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Device device;
  private final StackDriver driver;

  /** The driver if this interface made it, so that it starts, stops and ends it. */
  private final @Nullable StackLoop loop;

  private final List<Prefix> addresses = new CopyOnWriteArrayList<>();
  private final List<IpAddress> gateways = new CopyOnWriteArrayList<>();
  private volatile boolean dhcp = true;
  private volatile int status = STATUS_DISCONNECTED;

  /** Held by who connects or disconnects. */
  private final ReentrantLock changing = new ReentrantLock();

  // Guarded by `changing`.
  private @Nullable Link opened;
  private volatile @Nullable SwitchedLink link;
  private @Nullable IpInterface attached;

  /** An interface over the TAP device {@code tap0}, whose Linux side is configured elsewhere. */
  public EthernetInterface() {
    this(TapOptions.defaults());
  }

  /**
   * An interface over a TAP device.
   *
   * @throws IllegalArgumentException if an address in the options makes no sense
   */
  public EthernetInterface(TapOptions options) {
    this(options, StackConfig.defaults());
  }

  /**
   * An interface over a TAP device, with a stack that is not the default one.
   *
   * @throws IllegalArgumentException if an address in the options makes no sense
   */
  public EthernetInterface(TapOptions options, StackConfig config) {
    this(new TapDeviceSource(options), StackLoop.create(options.name(), config));
  }

  /** An interface over any link, which {@link #close} closes. */
  public EthernetInterface(Link link) {
    this(link, StackConfig.defaults());
  }

  /** An interface over any link, with a stack that is not the default one. */
  public EthernetInterface(Link link, StackConfig config) {
    this(new Device.Given(link), StackLoop.create(link.name(), config));
  }

  /**
   * An interface of a stack that somebody else drives: one more of a {@link StackLoop}'s, or one in
   * a simulated network. Who made the driver ends it, and the driver closes the link.
   */
  public EthernetInterface(StackDriver driver, Link link) {
    this.device = new Device.Given(link);
    this.driver = driver;
    this.loop = null;
  }

  private EthernetInterface(Device device, StackLoop loop) {
    this.device = device;
    this.driver = loop;
    this.loop = loop;
  }

  @Override
  public StackDriver driver() {
    return driver;
  }

  // ---- configuration ----

  @Override
  public int setNetwork(String ip, String netmask, @Nullable String gateway) {
    try {
      return configure(Prefix.parse(ip, netmask), gateway);
    } catch (IllegalArgumentException e) {
      return problem(NsapiError.PARAMETER, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Sets the address that connect uses, and no others; turns DHCP off.
   *
   * @param address with the length of its prefix, such as {@code 10.77.0.2/24} or {@code
   *     fd77::2/64}
   * @param gateway the default gateway; null for none
   * @return OK, PARAMETER if one of them makes no sense, or BUSY while connected
   */
  public int setNetwork(String address, @Nullable String gateway) {
    try {
      return configure(Prefix.parse(address), gateway);
    } catch (IllegalArgumentException e) {
      return problem(NsapiError.PARAMETER, String.valueOf(e.getMessage()));
    }
  }

  private int configure(Prefix address, @Nullable String gateway) {
    if (status != STATUS_DISCONNECTED) {
      return problem(NsapiError.BUSY, "addresses are set before connect(): disconnect() first");
    }
    IpAddress way = gateway == null ? IpAddress.ANY_V4 : IpAddress.parse(gateway);
    addresses.clear();
    addresses.add(address);
    gateways.clear();
    if (!way.isAny()) {
      gateways.add(way);
    }
    dhcp = false;
    return NsapiError.OK;
  }

  /**
   * Adds one more address to those that connect uses; an IPv6 one brings a link-local one with it.
   *
   * @param address with the length of its prefix, such as {@code fd77::2/64}
   * @return OK, PARAMETER, or BUSY while connected
   */
  public int addAddress(String address) {
    if (status != STATUS_DISCONNECTED) {
      return problem(NsapiError.BUSY, "addresses are set before connect(): disconnect() first");
    }
    try {
      addresses.add(Prefix.parse(address));
      dhcp = false;
      return NsapiError.OK;
    } catch (IllegalArgumentException e) {
      return problem(NsapiError.PARAMETER, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Adds one more default gateway, for the family of its address.
   *
   * @return OK, PARAMETER, or BUSY while connected
   */
  public int addGateway(String gateway) {
    if (status != STATUS_DISCONNECTED) {
      return problem(NsapiError.BUSY, "gateways are set before connect(): disconnect() first");
    }
    IpAddress way = IpAddress.parseOrNull(gateway);
    if (way == null || way.isAny()) {
      return problem(NsapiError.PARAMETER, "\"" + gateway + "\" is no gateway's address");
    }
    gateways.add(way);
    return NsapiError.OK;
  }

  /**
   * Chooses between DHCP, which is not there yet, and the addresses that were set.
   *
   * @return OK
   */
  public int setDhcp(boolean on) {
    dhcp = on;
    return NsapiError.OK;
  }

  // ---- up and down ----

  @Override
  public int connect() {
    if (!changing.tryLock()) {
      return problem(NsapiError.BUSY, "another thread connects or disconnects this interface");
    }
    try {
      if (status == STATUS_GLOBAL_UP) {
        return NsapiError.IS_CONNECTED;
      }
      change(STATUS_CONNECTING);
      int result = bringUp();
      change(result == NsapiError.OK ? STATUS_GLOBAL_UP : STATUS_DISCONNECTED);
      return result;
    } finally {
      changing.unlock();
    }
  }

  private int bringUp() {
    if (dhcp) {
      return problem(
          NsapiError.DHCP_FAILURE,
          "there is no DHCP client yet: give an address with setNetwork(...) before connect()");
    }
    if (addresses.isEmpty()) {
      return problem(
          NsapiError.PARAMETER, "no address is set: call setNetwork(...) before connect()");
    }
    if (driver.state() != StackDriver.State.OPEN) {
      return problem(
          NsapiError.DEVICE_ERROR, "this interface has ended; create another EthernetInterface");
    }
    try {
      Link fresh = device.open();
      opened = fresh;
      plug(fresh);
    } catch (IOException e) {
      takeDown();
      return problem(NsapiError.DEVICE_ERROR, String.valueOf(e.getMessage()));
    }
    String refused = driver.call(this::addAddresses);
    if (refused != null) {
      takeDown();
      return problem(NsapiError.PARAMETER, refused);
    }
    if (loop != null) {
      loop.start();
    }
    noProblem();
    return NsapiError.OK;
  }

  private void plug(Link fresh) throws IOException {
    SwitchedLink socket = link;
    if (socket == null) {
      socket = new SwitchedLink(fresh.name(), fresh.mac(), fresh.mtu());
      attached = driver.attach(socket);
      link = socket;
    }
    SwitchedLink into = socket;
    driver.run(() -> into.plug(fresh));
    if (driver instanceof StackLoop running) {
      running.watch(fresh);
    }
  }

  /** Adds what was configured, and answers null or why it could not be. Called by the owner. */
  private @Nullable String addAddresses() {
    IpInterface to = attached();
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
      Result result = driver.stack().ip().routes().addDefault(gateway, to);
      if (result != Result.OK) {
        return "the gateway " + gateway + " cannot be used: " + result.words();
      }
    }
    return null;
  }

  private IpInterface attached() {
    IpInterface present = attached;
    if (present == null) {
      throw new IllegalStateException("the interface was never connected");
    }
    return present;
  }

  @Override
  public int disconnect() {
    changing.lock();
    try {
      if (status != STATUS_GLOBAL_UP) {
        return NsapiError.NO_CONNECTION;
      }
      sessions().awaitDelivery(driver, DELIVERY_NANOS);
      takeDown();
      change(STATUS_DISCONNECTED);
      return NsapiError.OK;
    } finally {
      changing.unlock();
    }
  }

  private void takeDown() {
    if (driver.enter()) {
      try {
        sessions().endConnections();
        removeAddresses();
        SwitchedLink socket = link;
        if (socket != null) {
          socket.unplug();
        }
      } finally {
        driver.exit();
      }
    }
    if (loop != null) {
      loop.stop();
    }
    releaseDevice();
  }

  private void removeAddresses() {
    IpInterface from = attached;
    if (from == null) {
      return;
    }
    for (IpAddress gateway : gateways) {
      IpAddress any = gateway.isV4() ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
      driver.stack().ip().routes().remove(any, 0, gateway, from);
    }
    List.copyOf(from.addresses()).forEach(entry -> from.removeAddress(entry.address()));
  }

  private void releaseDevice() {
    Link was = opened;
    opened = null;
    if (was == null) {
      return;
    }
    if (driver instanceof StackLoop running) {
      running.unwatch(was);
    }
    try {
      device.release(was);
    } catch (IOException e) {
      problem(NsapiError.DEVICE_ERROR, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    disconnect();
    if (loop != null) {
      loop.close();
      if (device instanceof Device.Given given) {
        given.link().close();
      }
    }
  }

  private void change(int to) {
    status = to;
    announce(to);
  }

  @Override
  public int getConnectionStatus() {
    return status;
  }

  // ---- what it has ----

  @Override
  public int getIpAddress(SocketAddress address) {
    return tell(address, addresses.isEmpty() ? null : addresses.get(0).address());
  }

  @Override
  public int getNetmask(SocketAddress address) {
    for (Prefix prefix : addresses) {
      if (prefix.address().isV4()) {
        return tell(address, prefix.netmask());
      }
    }
    return NsapiError.NO_CONNECTION;
  }

  @Override
  public int getGateway(SocketAddress address) {
    return tell(address, gateways.isEmpty() ? null : gateways.get(0));
  }

  @Override
  public int getIpv6LinkLocalAddress(SocketAddress address) {
    IpInterface present = attached;
    return present == null || status != STATUS_GLOBAL_UP
        ? NsapiError.NO_CONNECTION
        : tell(address, driver.call(present::linkLocal));
  }

  private int tell(SocketAddress address, @Nullable IpAddress ip) {
    if (status != STATUS_GLOBAL_UP || ip == null) {
      return NsapiError.NO_CONNECTION;
    }
    address.setIp(ip);
    address.setPort(0);
    return NsapiError.OK;
  }

  @Override
  public @Nullable String getMacAddress() {
    SwitchedLink present = link;
    return present == null ? null : Mac.toString(present.mac());
  }

  @Override
  public @Nullable String getInterfaceName() {
    SwitchedLink present = link;
    return present == null ? null : present.name();
  }
}
