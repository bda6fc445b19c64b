package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.link.Pipe;
import io.tapstack.runtime.StackDriver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Mbed's cases of EthernetInterface, and what is ours. */
class EthernetInterfaceTest {
  private final EthernetInterface net = new EthernetInterface(Pipe.create().left());
  private final SocketAddress address = new SocketAddress();

  @AfterEach
  void close() {
    net.close();
  }

  @Test
  void connectAndDisconnectRepeat() {
    List<Integer> statuses = new ArrayList<>();
    List<Integer> others = new ArrayList<>();
    ConnectionListener other = (event, status) -> others.add(status);
    net.attach(
        (event, status) -> {
          assertThat(event).isEqualTo(NetworkInterface.EVENT_CONNECTION_STATUS_CHANGE);
          assertThat(net.getConnectionStatus()).isEqualTo(status);
          statuses.add(status);
        });
    net.addEventListener(other);
    assertThat(net.setNetwork("10.77.0.1", "255.255.255.0", "10.77.0.254")).isZero();
    assertThat(net.getConnectionStatus()).isEqualTo(NetworkInterface.STATUS_DISCONNECTED);
    for (int i = 0; i < 5; i++) {
      assertThat(net.connect()).as(net.lastProblem()).isZero();
      assertThat(net.connect()).isEqualTo(NsapiError.IS_CONNECTED);
      assertThat(net.getConnectionStatus()).isEqualTo(NetworkInterface.STATUS_GLOBAL_UP);
      assertThat(net.disconnect()).isZero();
      assertThat(net.disconnect()).isEqualTo(NsapiError.NO_CONNECTION);
    }
    assertThat(statuses)
        .hasSize(15)
        .startsWith(
            NetworkInterface.STATUS_CONNECTING,
            NetworkInterface.STATUS_GLOBAL_UP,
            NetworkInterface.STATUS_DISCONNECTED);
    assertThat(others).isEqualTo(statuses);
    net.attach(null);
    net.removeEventListener(other);
    assertThat(net.connect()).isZero();
    assertThat(statuses).hasSize(15);
    assertThat(others).hasSize(15);
  }

  @Test
  void disconnectWithoutConnecting() {
    assertThat(net.disconnect()).isEqualTo(NsapiError.NO_CONNECTION);
  }

  @Test
  void gettersBeforeAndAfterConnecting() {
    assertThat(net.setNetwork("10.77.0.1", "255.255.255.0", "10.77.0.254")).isZero();
    assertThat(net.addAddress("fd77::1/64")).isZero();
    assertThat(net.getIpAddress(address)).isEqualTo(NsapiError.NO_CONNECTION);
    assertThat(net.getNetmask(address)).isEqualTo(NsapiError.NO_CONNECTION);
    assertThat(net.getGateway(address)).isEqualTo(NsapiError.NO_CONNECTION);
    assertThat(net.getIpv6LinkLocalAddress(address)).isEqualTo(NsapiError.NO_CONNECTION);
    assertThat(net.getMacAddress()).isNull();
    assertThat(net.getInterfaceName()).isNull();

    assertThat(net.connect()).isZero();
    assertThat(net.getIpAddress(address)).isZero();
    assertThat(address.getIpAddress()).isEqualTo("10.77.0.1");
    assertThat(net.getNetmask(address)).isZero();
    assertThat(address.getIpAddress()).isEqualTo("255.255.255.0");
    assertThat(net.getGateway(address)).isZero();
    assertThat(address.getIpAddress()).isEqualTo("10.77.0.254");
    assertThat(net.getIpv6LinkLocalAddress(address)).isZero();
    assertThat(address.getIpAddress()).startsWith("fe80::");
    assertThat(net.getMacAddress()).matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
    assertThat(net.getInterfaceName()).isNotBlank();
    assertThat(net.setBlocking(false)).isZero();
  }

  @Test
  void setNetworkRefusesNonsenseInWords() {
    assertThat(net.setNetwork("10.77.0.x", "255.255.255.0", null)).isEqualTo(NsapiError.PARAMETER);
    assertThat(net.lastProblem()).contains("10.77.0.x").contains("expected one like");
    assertThat(net.setNetwork("10.77.0.1", "255.0.255.0", null)).isEqualTo(NsapiError.PARAMETER);
    assertThat(net.lastProblem()).contains("255.0.255.0");
    assertThat(net.setNetwork("10.77.0.1/33", null)).isEqualTo(NsapiError.PARAMETER);
    assertThat(net.setNetwork("10.77.0.1/24", "gateway")).isEqualTo(NsapiError.PARAMETER);
    assertThat(net.addAddress("fd77::1")).isEqualTo(NsapiError.PARAMETER);
    assertThat(net.addGateway("0.0.0.0")).isEqualTo(NsapiError.PARAMETER);
    assertThat(net.setNetwork("127.0.0.1/8", null)).isZero();
    assertThat(net.connect()).as("an address that no host can have").isEqualTo(-3003);
    assertThat(net.lastProblem()).contains("127.0.0.1/8");
    assertThat(net.setNetwork("10.77.0.1/24", null)).isZero();
    assertThat(net.connect()).as("after a failure").isZero();
    assertThat(net.setNetwork("10.77.0.2/24", null)).isEqualTo(NsapiError.BUSY);
  }

  @Test
  void connectWithoutAnAddressSaysThatDhcpIsMissing() {
    assertThat(net.connect()).isEqualTo(NsapiError.DHCP_FAILURE);
    assertThat(net.lastProblem()).contains("no DHCP client").contains("setNetwork");
    assertThat(net.getConnectionStatus()).isEqualTo(NetworkInterface.STATUS_DISCONNECTED);
    assertThat(net.setDhcp(false)).isZero();
    assertThat(net.connect()).isEqualTo(NsapiError.PARAMETER);
  }

  @Test
  void namesAreNotResolvedYet() {
    assertThat(net.gethostbyname("10.77.0.1", address)).isZero();
    assertThat(address.getIpAddress()).isEqualTo("10.77.0.1");
    address.setPort(80);
    assertThat(net.gethostbyname("fd77::1", address, NsapiVersion.IPV6)).isZero();
    assertThat(address).hasToString("[fd77::1]:80");
    assertThat(net.gethostbyname("fd77::1", address, NsapiVersion.IPV4))
        .isEqualTo(NsapiError.DNS_FAILURE);
    assertThat(net.gethostbyname("www.example.org", address)).isEqualTo(NsapiError.DNS_FAILURE);
    assertThat(net.lastProblem()).contains("no resolver yet");
    assertThat(net.gethostbyname("", address)).isEqualTo(NsapiError.PARAMETER);
    assertThat(net.gethostbyname(null, address)).isEqualTo(NsapiError.PARAMETER);
    assertThat(net.gethostbyname("x".repeat(256), address)).isEqualTo(NsapiError.PARAMETER);
    assertThat(address).as("left alone").hasToString("[fd77::1]:80");
  }

  @Test
  void socketsMayBeOpenedBeforeConnecting() {
    TCPSocket socket = new TCPSocket();
    assertThat(socket.open(net)).isZero();
    assertThat(socket.bind(80)).isZero();
    assertThat(socket.listen()).isZero();
    assertThat(socket.close()).isZero();
  }

  @Test
  void aMissingDeviceIsADeviceErrorWithWords() {
    try (EthernetInterface tap = new EthernetInterface(TapOptions.named("not a name"))) {
      assertThat(tap.setNetwork("10.77.0.1/24", null)).isZero();
      assertThat(tap.connect()).isEqualTo(NsapiError.DEVICE_ERROR);
      assertThat(tap.lastProblem()).isNotBlank();
      assertThat(tap.getConnectionStatus()).isEqualTo(NetworkInterface.STATUS_DISCONNECTED);
    }
    assertThatThrownBy(() -> new EthernetInterface(TapOptions.defaults().hostAddress("10.0.0.1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10.0.0.1");
  }

  @Test
  void noThreadIsLeftAfterDisconnectOrClose() {
    assertThat(net.setNetwork("10.77.0.1/24", null)).isZero();
    assertThat(net.connect()).isZero();
    String name = net.getInterfaceName();
    assertThat(threads(name)).isEqualTo(1);
    assertThat(net.disconnect()).isZero();
    assertThat(threads(name)).isZero();
    assertThat(net.connect()).isZero();
    assertThat(threads(name)).isEqualTo(1);
    net.close();
    assertThat(threads(name)).isZero();
    assertThat(net.driver().state()).isEqualTo(StackDriver.State.CLOSED);
    assertThat(net.connect()).isEqualTo(NsapiError.DEVICE_ERROR);
    assertThat(net.lastProblem()).contains("has ended");
    net.close();
  }

  private static long threads(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }

  @Test
  void closeWakesWhoeverWaits() throws InterruptedException {
    assertThat(net.setNetwork("10.77.0.1/24", null)).isZero();
    assertThat(net.connect()).isZero();
    UDPSocket socket = new UDPSocket();
    assertThat(socket.open(net)).isZero();
    int[] code = new int[1];
    Thread waiting = new Thread(() -> code[0] = socket.recv(new byte[1]));
    waiting.start();
    Thread.sleep(50);
    net.close();
    waiting.join(5000);
    assertThat(waiting.isAlive()).isFalse();
    assertThat(code[0]).isEqualTo(NsapiError.NO_CONNECTION);
    assertThat(socket.close()).isZero();
  }

  @Test
  void anInterruptEndsTheWaitAndStays() throws InterruptedException {
    assertThat(net.setNetwork("10.77.0.1/24", null)).isZero();
    assertThat(net.connect()).isZero();
    UDPSocket socket = new UDPSocket();
    assertThat(socket.open(net)).isZero();
    int[] code = new int[1];
    boolean[] interrupted = new boolean[1];
    Thread waiting =
        new Thread(
            () -> {
              code[0] = socket.recv(new byte[1]);
              interrupted[0] = Thread.currentThread().isInterrupted();
            });
    waiting.start();
    Thread.sleep(50);
    waiting.interrupt();
    waiting.join(5000);
    assertThat(code[0]).isEqualTo(NsapiError.WOULD_BLOCK);
    assertThat(interrupted[0]).isTrue();
  }
}
