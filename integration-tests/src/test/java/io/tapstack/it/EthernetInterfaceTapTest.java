package io.tapstack.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.EthernetInterface;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.SocketAddress;
import io.tapstack.socket.TCPSocket;
import io.tapstack.socket.TapOptions;
import io.tapstack.socket.UDPSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mbed's interface over a TAP device, against the kernel's own sockets. */
@RequiresTap
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EthernetInterfaceTapTest {
  private static final String NAME = "tapapi0";
  private static final TapOptions OPTIONS =
      TapOptions.named(NAME).hostAddress("10.78.0.1/24").hostAddress("fd78::1/64");

  private final EthernetInterface net = new EthernetInterface(OPTIONS);

  /** A thread per task: the common pool has one for all on a machine with two cores. */
  private static final Executor THREADS = task -> new Thread(task, "peer").start();

  @AfterEach
  void close() throws Exception {
    net.close();
    assertThat(NetworkInterface.getByName(NAME)).as("the device is gone").isNull();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals(NAME));
  }

  private void connect() {
    assertThat(net.setNetwork("10.78.0.2/24", null)).isZero();
    assertThat(net.addAddress("fd78::2/64")).isZero();
    assertThat(net.connect()).as(net.lastProblem()).isZero();
  }

  @Test
  void connectDisconnectRepeat() throws Exception {
    String mac = null;
    for (int i = 0; i < 5; i++) {
      connect();
      assertThat(NetworkInterface.getByName(NAME)).isNotNull();
      assertThat(mac == null || mac.equals(net.getMacAddress())).isTrue();
      mac = net.getMacAddress();
      exchange("10.78.0.1");
      exchange("fd78::1");
      assertThat(net.disconnect()).isZero();
      assertThat(NetworkInterface.getByName(NAME)).isNull();
    }
  }

  /** A megabyte to a socket of the kernel, which echoes it. */
  private void exchange(String host) throws Exception {
    byte[] bytes = new byte[1_000_000];
    new Random(4).nextBytes(bytes);
    try (ServerSocket server = new ServerSocket()) {
      server.bind(new InetSocketAddress(host, 0));
      CompletableFuture<Void> echo =
          CompletableFuture.runAsync(
              () -> {
                try (Socket peer = server.accept()) {
                  peer.getInputStream().transferTo(peer.getOutputStream());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              THREADS);
      TCPSocket socket = new TCPSocket();
      assertThat(socket.open(net)).isZero();
      assertThat(socket.connect(host, server.getLocalPort())).isZero();
      CompletableFuture<Integer> sent =
          CompletableFuture.supplyAsync(
              () -> {
                int n = socket.send(bytes);
                return n < 0 ? n : n + socket.shutdownOutput();
              },
              THREADS);
      byte[] back = new byte[bytes.length];
      int got = 0;
      int n;
      while (got < back.length && (n = socket.recv(back, got, back.length - got)) > 0) {
        got += n;
      }
      assertThat(got).isEqualTo(back.length);
      assertThat(back).isEqualTo(bytes);
      assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(bytes.length);
      assertThat(socket.recv(back)).isZero();
      assertThat(socket.close()).isZero();
      echo.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void listensForTheKernel() throws Exception {
    connect();
    TCPSocket listener = new TCPSocket();
    assertThat(listener.open(net)).isZero();
    assertThat(listener.bind(7)).isZero();
    assertThat(listener.listen(4)).isZero();
    for (String address : new String[] {"10.78.0.2", "fd78::2"}) {
      try (Socket kernel = new Socket(address, 7)) {
        TCPSocket accepted = listener.accept();
        assertThat(accepted).isNotNull();
        SocketAddress peer = new SocketAddress();
        assertThat(accepted.getpeername(peer)).isZero();
        assertThat(peer.getPort()).isEqualTo(kernel.getLocalPort());
        assertThat(accepted.send(new byte[] {1, 2, 3})).isEqualTo(3);
        assertThat(accepted.close()).isZero();
        InputStream in = kernel.getInputStream();
        assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
      }
    }
  }

  @Test
  void aPortOfTheKernelWhereNobodyListensRefuses() {
    connect();
    TCPSocket socket = new TCPSocket();
    assertThat(socket.open(net)).isZero();
    assertThat(socket.connect("10.78.0.1", 9)).isEqualTo(NsapiError.NO_CONNECTION);
  }

  @Test
  void datagramsBothWays() throws Exception {
    connect();
    UDPSocket socket = new UDPSocket();
    assertThat(socket.open(net)).isZero();
    socket.setTimeout(10_000);
    for (String host : new String[] {"10.78.0.1", "fd78::1"}) {
      try (DatagramSocket kernel = new DatagramSocket(0, InetAddress.getByName(host))) {
        kernel.setSoTimeout(10_000);
        SocketAddress to = new SocketAddress(host, kernel.getLocalPort());
        assertThat(socket.sendto(to, new byte[] {1, 2, 3})).isEqualTo(3);
        DatagramPacket packet = new DatagramPacket(new byte[10], 10);
        kernel.receive(packet);
        assertThat(packet.getLength()).isEqualTo(3);
        kernel.send(packet);
        SocketAddress from = new SocketAddress();
        assertThat(socket.recvfrom(from, new byte[10])).isEqualTo(3);
        assertThat(from).isEqualTo(to);
      }
    }
  }

  @Test
  void capturesToAFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("tap.pcapng");
    try (EthernetInterface captured = new EthernetInterface(OPTIONS.pcap(file).mtu(1400))) {
      assertThat(captured.setNetwork("10.78.0.2/24", null)).isZero();
      assertThat(captured.connect()).as(captured.lastProblem()).isZero();
      assertThat(NetworkInterface.getByName(NAME).getMTU()).isEqualTo(1400);
      TCPSocket socket = new TCPSocket();
      assertThat(socket.open(captured)).isZero();
      assertThat(socket.connect("10.78.0.1", 9)).isEqualTo(NsapiError.NO_CONNECTION);
    }
    assertThat(Files.size(file)).isGreaterThan(200);
  }
}
