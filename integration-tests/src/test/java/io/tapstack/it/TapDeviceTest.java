package io.tapstack.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tapstack.tap.HostInterface;
import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapException;
import io.tapstack.tap.TapException.Reason;
import io.tapstack.tap.TapLink;
import io.tapstack.wire.IpAddress;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Devices come, are configured, and go, and leave nothing behind. */
@RequiresTap
@Timeout(60)
class TapDeviceTest {
  @Test
  void namespaceHoldsNothingOfTheMachine() throws Exception {
    // The JDK sees interfaces that have an address.
    assertThat(NetworkInterface.networkInterfaces().map(NetworkInterface::getName))
        .containsExactly("lo");
    assertThat(NetworkInterface.getByName("lo").isUp()).isTrue();
  }

  @Test
  void deviceExistsWhileItIsOpen() throws Exception {
    TapDevice device = TapDevice.open("tapgone");
    assertThat(device.name()).isEqualTo("tapgone");
    assertThat(device.mtu()).isEqualTo(1500);
    assertThat(HostInterface.of("tapgone").isUp()).isFalse();
    device.close();
    device.close();
    assertThat(failure(() -> HostInterface.of("tapgone")).reason()).isEqualTo(Reason.NO_INTERFACE);
    assertThat(failure(device::mtu).reason()).isEqualTo(Reason.NO_INTERFACE);
    assertThat(device.fileDescriptor()).isEqualTo(-1);
  }

  @Test
  void patternTakesTheFirstFreeNumber() throws Exception {
    try (TapDevice first = TapDevice.open("tapn%d");
        TapDevice second = TapDevice.open("tapn%d")) {
      assertThat(first.name()).isEqualTo("tapn0");
      assertThat(second.name()).isEqualTo("tapn1");
    }
  }

  @Test
  void deviceThatIsHeldIsBusy() throws Exception {
    try (TapDevice device = TapDevice.open("tapbusy")) {
      TapException e = failure(() -> TapDevice.open(device.name()));
      assertThat(e.reason()).isEqualTo(Reason.BUSY);
      assertThat(e).hasMessageContaining("tapbusy").hasMessageContaining("holds it");
    }
  }

  @Test
  void interfaceOfAnotherKindIsNotATap() throws Exception {
    assertThat(failure(() -> TapDevice.open("lo")).reason()).isEqualTo(Reason.NOT_A_TAP);
    Ip.run("tuntap", "add", "dev", "tunnel0", "mode", "tun");
    try {
      assertThat(failure(() -> TapDevice.open("tunnel0")).reason()).isEqualTo(Reason.NOT_A_TAP);
    } finally {
      Ip.run("tuntap", "del", "dev", "tunnel0", "mode", "tun");
    }
  }

  @Test
  void processWithoutTheCapabilityIsToldWhatToDo() throws Exception {
    // A JVM of its own: capabilities belong to processes.
    Process child =
        new ProcessBuilder(
                "setpriv",
                "--bounding-set=-net_admin",
                "--inh-caps=-net_admin",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OpenTap.class.getName(),
                "tapno")
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).as(said).isEqualTo(1);
    assertThat(said)
        .contains("NO_PERMISSION")
        .contains("CAP_NET_ADMIN")
        .contains("ip tuntap add dev tapno mode tap user $USER");
  }

  @Test
  void hostSideIsConfigured() throws Exception {
    try (TapDevice device = TapDevice.open("tap%d");
        HostInterface host = HostInterface.of(device.name())) {
      host.mtu(1400);
      host.up();
      host.addAddress(IpAddress.parse("10.78.0.1"), 24);
      host.addAddress(IpAddress.parse("fd78::1"), 64);
      host.addAddress(IpAddress.parse("10.78.0.1"), 24); // again: it is there, and that is fine
      assertThat(host.isUp()).isTrue();
      assertThat(device.mtu()).isEqualTo(1400);
      try (TapLink link = new TapLink(device, TapLink.randomMac())) {
        assertThat(link.mtu()).isEqualTo(1400);
      }
    }
  }

  @Test
  void addressesAreUsableAndSeen() throws Exception {
    try (TapDevice device = TapDevice.open("tap%d");
        HostInterface host = HostInterface.of(device.name())) {
      host.up();
      host.addAddress(IpAddress.parse("10.78.0.1"), 24);
      host.addAddress(IpAddress.parse("fd78::1"), 64);
      assertThat(Ip.run("address", "show", "dev", device.name()))
          .contains("inet 10.78.0.1/24")
          .contains("inet6 fd78::1/64")
          .doesNotContainPattern("fd78::1/64.*tentative");
      assertThat(Ip.run("route", "show", "10.78.0.0/24")).contains("dev " + device.name());
      assertThat(NetworkInterface.getByName(device.name()).getIndex()).isEqualTo(host.index());
    }
  }

  @Test
  void addressTakesPacketsAtOnce() throws Exception {
    try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress("::", 0))) {
      socket.setSoTimeout(2000);
      for (int i = 0; i < 20; i++) {
        try (TapDevice device = TapDevice.open("tap%d");
            HostInterface host = HostInterface.of(device.name())) {
          IpAddress before = IpAddress.parse("fd78::1");
          IpAddress after = IpAddress.parse("fd78::2");
          host.addAddress(before, 64);
          host.up();
          sendToSelf(socket, before);
          host.addAddress(after, 64);
          sendToSelf(socket, after);
        }
      }
    }
  }

  private static void sendToSelf(DatagramSocket socket, IpAddress address) throws Exception {
    byte[] data = address.toBytes();
    socket.send(
        new DatagramPacket(
            data, data.length, InetAddress.getByAddress(data), socket.getLocalPort()));
    DatagramPacket arrived = new DatagramPacket(new byte[100], 100);
    socket.receive(arrived);
    assertThat(arrived.getAddress().getAddress()).isEqualTo(data);
  }

  @Test
  void deviceThatWasThereBeforeIsPutBackAsItWas() throws Exception {
    Ip.run("tuntap", "add", "dev", "tapkeep", "mode", "tap");
    try {
      Ip.run("address", "add", "10.79.0.9/24", "dev", "tapkeep");
      String before = describe("tapkeep");
      try (TapDevice device = TapDevice.open("tapkeep")) {
        HostInterface host = HostInterface.of("tapkeep");
        host.mtu(1300);
        host.up();
        host.addAddress(IpAddress.parse("10.79.0.1"), 24);
        host.addAddress(IpAddress.parse("10.79.0.9"), 24); // not ours to remove
        host.addAddress(IpAddress.parse("fd79::1"), 64);
        assertThat(device.mtu()).isEqualTo(1300);
        assertThat(Ip.run("address", "show", "dev", "tapkeep")).contains("10.79.0.1", "fd79::1");
        host.close();
        host.close();
        assertThat(Ip.run("address", "show", "dev", "tapkeep"))
            .contains("mtu 1500", "10.79.0.9/24")
            .doesNotContain("10.79.0.1", "fd79::1", ",UP");
      }
      assertThat(describe("tapkeep")).isEqualTo(before);
    } finally {
      Ip.run("tuntap", "del", "dev", "tapkeep", "mode", "tap");
    }
  }

  @Test
  void hostSideOfADeviceThatIsGoneNeedsNoTidying() throws Exception {
    TapDevice device = TapDevice.open("tap%d");
    HostInterface host = HostInterface.of(device.name());
    host.up();
    host.addAddress(IpAddress.parse("10.78.0.1"), 24);
    device.close();
    host.close();
    assertThat(failure(host::up).reason()).isEqualTo(Reason.NO_INTERFACE);
  }

  @Test
  void whatTheKernelRefusesIsSaidInItsWords() throws Exception {
    try (TapDevice device = TapDevice.open("tap%d");
        HostInterface host = HostInterface.of(device.name())) {
      TapException e = failure(() -> host.mtu(10));
      assertThat(e.reason()).isEqualTo(Reason.SYSTEM);
      assertThat(e)
          .hasMessageContaining("ip link set dev " + device.name() + " mtu 10")
          .hasMessageContaining("EINVAL")
          .hasMessageContaining("the kernel says: mtu less than");
    }
  }

  /** All but the queue's kind, which the kernel chooses when an interface first comes up. */
  private static String describe(String name) throws Exception {
    return Ip.run("address", "show", "dev", name).replaceAll("qdisc \\w+", "");
  }

  private interface Call {
    void run() throws Exception;
  }

  private static TapException failure(Call call) {
    TapException e = catchThrowableOfType(TapException.class, call::run);
    assertThat(e).as("the call should have failed").isNotNull();
    return e;
  }
}
