package io.tapstack.cli;

import io.tapstack.base.Result;
import io.tapstack.cli.service.ByteStream;
import io.tapstack.cli.service.DatagramPort;
import io.tapstack.cli.service.TcpListener;
import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.runtime.PcapLink;
import io.tapstack.runtime.StackDriver;
import io.tapstack.socket.EthernetInterface;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.SocketAddress;
import io.tapstack.socket.TCPSocket;
import io.tapstack.socket.UDPSocket;
import io.tapstack.stack.StackConfig;
import io.tapstack.tap.HostInterface;
import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapLink;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** This project's stack on a TAP device, as the options say. */
final class StackNetwork implements Network {
  /** Connections that wait to be accepted: the most that Linux, too, lets wait by default. */
  private static final int BACKLOG = 4096;

  private final EthernetInterface network;
  private final @Nullable HostInterface host;
  private final long openedNanos = System.nanoTime();

  private StackNetwork(EthernetInterface network, @Nullable HostInterface host) {
    this.network = network;
    this.host = host;
  }

  /** Opens the device of the options; configures the Linux side if they name its addresses. */
  static StackNetwork open(NetworkOptions options) throws IOException {
    return open(options, options.hostAddresses());
  }

  /** Opens the device of the options, and gives the Linux side these addresses. */
  static StackNetwork open(NetworkOptions options, List<Prefix> hostAddresses) throws IOException {
    TapDevice device = TapDevice.open(options.tap());
    HostInterface host = null;
    try {
      if (!hostAddresses.isEmpty() || options.isMtuGiven()) {
        host = configure(device.name(), options.mtu(), hostAddresses);
      }
      Link link = new TapLink(device, TapLink.randomMac());
      Path capture = options.pcap();
      if (capture != null) {
        link = capture(link, capture);
      }
      return over(link, options.addresses(), options.gateways(), host);
    } catch (IOException | RuntimeException e) {
      if (host != null) {
        host.close();
      }
      device.close();
      throw e;
    }
  }

  private static Link capture(Link link, Path file) {
    try {
      return PcapLink.capture(link, file);
    } catch (IOException e) {
      throw new Failure("cannot write " + file + ": " + e.getClass().getSimpleName(), e);
    }
  }

  private static HostInterface configure(String name, int mtu, List<Prefix> addresses)
      throws IOException {
    HostInterface host = HostInterface.of(name);
    try {
      host.mtu(mtu);
      for (Prefix address : addresses) {
        host.addAddress(address.address(), address.length());
      }
      if (!addresses.isEmpty()) {
        host.up();
      }
      return host;
    } catch (IOException e) {
      host.close();
      throw e;
    }
  }

  /** A stack whose packets hold a frame of this MTU. */
  static StackConfig config(int mtu) {
    StackConfig defaults = StackConfig.defaults();
    int needed = Packet.HEADROOM + EthernetHeader.LENGTH + mtu + 64;
    if (needed <= defaults.packetSize()) {
      return defaults;
    }
    int size = needed + 63 & -64;
    int packets = Math.max(256, (int) ((long) defaults.packets() * defaults.packetSize() / size));
    return new StackConfig(packets, size, defaults.tcp());
  }

  /** The stack on any link, which is closed with it. */
  static StackNetwork over(Link link, List<Prefix> addresses) {
    return over(link, addresses, List.of(), null);
  }

  private static StackNetwork over(
      Link link, List<Prefix> addresses, List<IpAddress> gateways, @Nullable HostInterface host) {
    EthernetInterface network = new EthernetInterface(link, config(link.mtu()));
    try {
      for (Prefix address : addresses) {
        expectOk(network.addAddress(address.toString()), network);
      }
      for (IpAddress gateway : gateways) {
        expectOk(network.addGateway(gateway.toString()), network);
      }
      expectOk(network.connect(), network);
      return new StackNetwork(network, host);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private static void expectOk(int code, EthernetInterface network) {
    if (code != NsapiError.OK) {
      throw new Failure("the interface does not come up: " + network.lastProblem());
    }
  }

  /** The page about the stack's own state. */
  String statusPage() {
    StackDriver driver = network.driver();
    long up = (System.nanoTime() - openedNanos) / 1_000_000_000L;
    return driver.call(() -> StatusPage.of(driver.stack(), up));
  }

  /** Sends echo requests to a host. */
  Pinger pinger(IpAddress to) {
    return new StackPinger(network.driver(), to);
  }

  @Override
  public ByteStream connect(IpAddress address, int port, int opening, int waiting)
      throws IOException {
    TCPSocket socket = new TCPSocket();
    check(socket.open(network), "no socket can be opened");
    socket.setTimeout(opening == 0 ? -1 : opening);
    int code = socket.connect(new SocketAddress(address, port));
    if (code == NsapiError.OK) {
      return new StackStream(socket, Endpoint.text(address, port), waiting);
    }
    Result failure = socket.failure();
    socket.close();
    throw new IOException(problem(Endpoint.text(address, port), code, failure, opening));
  }

  private static String problem(String peer, int code, @Nullable Result failure, int timeout) {
    if (code == NsapiError.IN_PROGRESS) {
      return peer + " does not answer: timeout after " + timeout / 1000.0 + " s";
    }
    if (failure == null) {
      return code == NsapiError.NO_CONNECTION
          ? "no route leads to " + peer + "; see --address and --gateway"
          : "no connection to " + peer + ": " + NsapiError.describe(code);
    }
    return switch (failure) {
      case REFUSED -> peer + " refused the connection: nobody listens there";
      case TIMED_OUT -> peer + " does not answer: timeout";
      case UNREACHABLE -> peer + " is unreachable: no such host answers on the network";
      default -> "no connection to " + peer + ": " + failure.words();
    };
  }

  @Override
  public TcpListener listen(int port, int timeout) throws IOException {
    TCPSocket socket = new TCPSocket();
    check(socket.open(network), "no socket can be opened");
    check(socket.bind(port), "TCP port " + port + " is taken");
    check(socket.listen(BACKLOG), "TCP port " + port + " cannot be listened on");
    return new StackListener(socket, timeout);
  }

  @Override
  public DatagramPort datagrams(int port, int timeout) throws IOException {
    UDPSocket socket = new UDPSocket();
    check(socket.open(network), "no socket can be opened");
    check(socket.bind(port), "UDP port " + port + " is taken");
    socket.setTimeout(timeout == 0 ? -1 : timeout);
    return new StackDatagrams(socket);
  }

  private static void check(int code, String words) throws IOException {
    if (code != NsapiError.OK) {
      throw new IOException(words + ": " + NsapiError.describe(code));
    }
  }

  /** Ends the stack, then takes back what was done to the Linux side. */
  @Override
  public void close() {
    network.close();
    if (host != null) {
      try {
        host.close();
      } catch (IOException e) {
        System.err.println("tapstack: while stopping: " + e.getMessage());
      }
    }
  }
}
