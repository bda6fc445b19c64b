package io.tapstack.socket;

import io.tapstack.ip.IpInterface;
import io.tapstack.ip.RouteTable;
import io.tapstack.link.Link;
import io.tapstack.runtime.StackDriver;
import io.tapstack.runtime.StackLoop;
import io.tapstack.runtime.SwitchedLink;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Mac;
import java.io.IOException;
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

  private final StaticAddresses addresses = new StaticAddresses();
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
    return configure(() -> addresses.set(Prefix.parse(ip, netmask), gateway));
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
    return configure(() -> addresses.set(Prefix.parse(address), gateway));
  }

  /**
   * Adds one more address to those that connect uses; an IPv6 one brings a link-local one with it.
   *
   * @param address with the length of its prefix, such as {@code fd77::2/64}
   * @return OK, PARAMETER, or BUSY while connected
   */
  public int addAddress(String address) {
    return configure(() -> addresses.add(Prefix.parse(address)));
  }

  /**
   * Adds one more default gateway, for the family of its address.
   *
   * @return OK, PARAMETER, or BUSY while connected
   */
  public int addGateway(String gateway) {
    return configure(() -> addresses.addGateway(gateway));
  }

  private int configure(Runnable change) {
    if (status != STATUS_DISCONNECTED) {
      return problem(NsapiError.BUSY, "addresses are set before connect(): disconnect() first");
    }
    try {
      change.run();
    } catch (IllegalArgumentException e) {
      return problem(NsapiError.PARAMETER, String.valueOf(e.getMessage()));
    }
    dhcp = false;
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
    IpInterface on;
    try {
      Link fresh = device.open();
      opened = fresh;
      on = plug(fresh);
    } catch (IOException e) {
      takeDown();
      return problem(NsapiError.DEVICE_ERROR, String.valueOf(e.getMessage()));
    }
    String refused = driver.call(() -> addresses.addTo(on, routes()));
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

  private IpInterface plug(Link fresh) throws IOException {
    SwitchedLink into = link;
    IpInterface on = attached;
    if (into == null || on == null) {
      into = new SwitchedLink(fresh.name(), fresh.mac(), fresh.mtu());
      on = driver.attach(into);
      link = into;
      attached = on;
    }
    SwitchedLink slot = into;
    driver.run(() -> slot.plug(fresh));
    if (driver instanceof StackLoop running) {
      running.watch(fresh);
    }
    return on;
  }

  private RouteTable routes() {
    return driver.stack().ip().routes();
  }

  @Override
  public int disconnect() {
    if (driver.inCallback()) {
      // The thread that changes it may be waiting for this very thread to end.
      if (!changing.tryLock()) {
        return problem(NsapiError.BUSY, "another thread connects or disconnects this interface");
      }
    } else {
      changing.lock();
    }
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
        IpInterface from = attached;
        if (from != null) {
          addresses.removeFrom(from, routes());
          from.neighbours().clear(); // who is there when we come back may be somebody else
        }
        SwitchedLink slot = link;
        if (slot != null) {
          slot.unplug();
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
    return tell(address, addresses.first());
  }

  @Override
  public int getNetmask(SocketAddress address) {
    return tell(address, addresses.netmask());
  }

  @Override
  public int getGateway(SocketAddress address) {
    return tell(address, addresses.gateway());
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
