package io.tapstack.it.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.it.RequiresTap;
import io.tapstack.sim.Impairment;
import io.tapstack.sim.WireCounters;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.TCPSocket;
import io.tapstack.stack.StackConfig;
import io.tapstack.tap.HostInterface;
import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapLink;
import io.tapstack.wire.IpAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Over a wire that loses, delays, reorders, doubles and damages frames, Linux's TCP and this one
 * exchange bytes both ways at once, and every byte arrives.
 */
@RequiresTap
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RelayTest {
  private static final int BYTES = 3_000_000;
  private static final Impairment BAD =
      Impairment.NONE
          .delay(3_000_000)
          .loss(0.01)
          .reordering(0.03, 3_000_000)
          .duplication(0.005)
          .corruption(0.003);

  @ParameterizedTest
  @CsvSource({"10.79.0.1, 10.79.0.2, 24", "fd79::1, fd79::2, 64"})
  void everyByteArrivesOverABadWire(String linux, String stack, int prefix) throws Exception {
    TapDevice device = TapDevice.open("relay%d");
    try (HostInterface host = HostInterface.of(device.name());
        TapLink tap = new TapLink(device, TapLink.randomMac());
        StackEnd end = new StackEnd(StackConfig.defaults(), List.of(stack + "/" + prefix));
        ServerSocket server = new ServerSocket()) {
      host.up();
      host.addAddress(IpAddress.parse(linux), prefix);
      server.bind(new InetSocketAddress(linux, 0));
      Relay relay = new Relay("relay", tap, end.link(), BAD, BAD, 3);
      try (relay) {
        CompletableFuture<List<byte[]>> peer = start(() -> exchange(server));
        TCPSocket socket = new TCPSocket();
        NsapiError.check(socket.open(end.net()), "opening");
        NsapiError.check(socket.connect(linux, server.getLocalPort()), "connecting");
        List<byte[]> ours = exchange(socket);
        List<byte[]> theirs = peer.get(60, TimeUnit.SECONDS);
        assertThat(ours.get(1)).as("what Linux sent").isEqualTo(theirs.get(0));
        assertThat(theirs.get(1)).as("what the stack sent").isEqualTo(ours.get(0));
        assertThat(socket.close()).isZero();
      }
      wasBad(relay.toLeft());
      wasBad(relay.toRight());
    }
  }

  /** The wire did all that it was asked for, or the test shows nothing. */
  private static void wasBad(WireCounters wire) {
    assertThat(wire.offered()).isGreaterThan(BYTES / 1500);
    assertThat(wire.lost()).isPositive();
    assertThat(wire.reordered()).isPositive();
    assertThat(wire.duplicated()).isPositive();
    assertThat(wire.corrupted()).isPositive();
    assertThat(wire.memoryDrops()).isZero();
  }

  /** Sends and receives; the hashes of what was sent and of what came. */
  private static List<byte[]> exchange(ServerSocket server) throws Exception {
    try (Socket peer = server.accept()) {
      CompletableFuture<byte[]> sent =
          start(
              () -> {
                DigestOutputStream out = new DigestOutputStream(peer.getOutputStream(), sha256());
                out.write(random(1));
                peer.shutdownOutput();
                return out.getMessageDigest().digest();
              });
      DigestInputStream in = new DigestInputStream(peer.getInputStream(), sha256());
      assertThat(in.readAllBytes()).hasSize(BYTES);
      return List.of(sent.get(60, TimeUnit.SECONDS), in.getMessageDigest().digest());
    }
  }

  private static List<byte[]> exchange(TCPSocket socket) throws Exception {
    byte[] bytes = random(2);
    CompletableFuture<Integer> sent =
        start(
            () -> {
              int n = socket.send(bytes);
              return n < 0 ? n : n + socket.shutdownOutput();
            });
    MessageDigest in = sha256();
    byte[] buffer = new byte[65_536];
    int total = 0;
    for (int n; (n = socket.recv(buffer)) > 0; total += n) {
      in.update(buffer, 0, n);
    }
    assertThat(total).isEqualTo(BYTES);
    assertThat(sent.get(60, TimeUnit.SECONDS)).isEqualTo(BYTES);
    return List.of(sha256().digest(bytes), in.digest());
  }

  private static byte[] random(long seed) {
    byte[] bytes = new byte[BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static MessageDigest sha256() throws Exception {
    return MessageDigest.getInstance("SHA-256");
  }

  private interface Task<T> {
    T call() throws Exception;
  }

  /** On a thread of its own: the common pool has one for all on a machine with two cores. */
  private static <T> CompletableFuture<T> start(Task<T> task) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                future.complete(task.call());
              } catch (Exception | AssertionError e) {
                future.completeExceptionally(e);
              }
            },
            "peer");
    thread.setDaemon(true);
    thread.start();
    return future;
  }
}
