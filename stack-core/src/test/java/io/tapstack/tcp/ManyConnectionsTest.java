package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.SipHash;
import io.tapstack.sim.Impairment;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ten thousand idle connections and a thousand busy ones at once, over one wire. */
class ManyConnectionsTest {
  private static final int IDLE = 10_000;
  private static final int ACTIVE = 1_000;
  private static final int BYTES = 20_000;
  private static final long LIMIT = 3_600_000_000_000L;

  private final TcpConfig tcp =
      TcpConfig.builder().sendBuffer(16_384).receiveBuffer(65_536).build();
  private final TwoStacks net =
      new TwoStacks(
          7,
          new StackConfig(16_384, 2048, tcp),
          Impairment.NONE.delay(1_000_000).rate(1_000_000_000));

  @Test
  void idleAndActiveConnectionsLiveSideBySide() {
    PortBinding binding = net.right.tcp().bind(IpAddress.ANY_V6, 7, false);
    TcpListener listener = net.right.tcp().listen(binding, 512, TcpEvents.NONE);
    List<TcpConnection> clients = new ArrayList<>();
    List<TcpConnection> servers = new ArrayList<>();
    open(listener, clients, servers, IDLE);
    assertThat(net.left.pool().outstanding()).as("idle connections hold no packets").isZero();
    assertThat(net.right.pool().outstanding()).isZero();
    assertThat(net.left.timers()).as("nor does an idle connection need a timer").isZero();

    List<TcpConnection> activeClients = new ArrayList<>();
    List<TcpConnection> activeServers = new ArrayList<>();
    open(listener, activeClients, activeServers, ACTIVE);
    assertThat(net.right.tcp().connections()).isEqualTo(IDLE + ACTIVE);
    echo(activeClients, activeServers);

    // The idle ones still work.
    echo(clients.subList(0, 100), servers.subList(0, 100));
    clients.forEach(TcpConnection::close);
    activeClients.forEach(TcpConnection::close);
    net.network.runUntil(() -> net.right.tcp().connections() == halfClosed(servers), LIMIT);
    servers.forEach(TcpConnection::close);
    activeServers.forEach(TcpConnection::close);
    listener.close();
    assertThat(net.network.runUntilIdle(net.network.now() + LIMIT)).isTrue();
    assertThat(net.left.tcp().connections()).isZero();
    assertThat(net.right.tcp().connections()).isZero();
    assertThat(net.left.pool().outstanding()).isZero();
    assertThat(net.right.pool().outstanding()).isZero();
  }

  // Proves: attack 78
  @Test
  void aLookupDoesNotGetLongerWithTheirNumber() {
    int few = longestChainOf(1_000);
    int many = longestChainOf(200_000);
    // Chains of a random function at a load of at most one: 200 times as many connections make the
    // longest one longer by a few links, not by a factor.
    assertThat(few).isLessThanOrEqualTo(9);
    assertThat(many).isLessThanOrEqualTo(13);
  }

  private int longestChainOf(int connections) {
    ConnectionTable table = new ConnectionTable(new SipHash(1, 2));
    for (int i = 0; i < connections; i++) {
      // What a peer would try: addresses and ports that differ in few and regular bits.
      int port = 1024 + i % 50_000;
      long address = IpAddress.mapped(10 << 24 | i / 50_000 << 8 | 1);
      table.add(
          new TcpConnection(net.left.tcp(), 0, IpAddress.mapped(0x0a000001), 80, 0, address, port));
    }
    assertThat(table.size()).isEqualTo(connections);
    return table.longestChain();
  }

  private void open(
      TcpListener listener, List<TcpConnection> clients, List<TcpConnection> servers, int count) {
    IpAddress server = IpAddress.parse("10.0.0.2");
    Map<Integer, TcpConnection> byPort = new HashMap<>();
    for (int opened = 0; opened < count; opened += 500) {
      int goal = clients.size() + Math.min(500, count - opened);
      while (clients.size() < goal) {
        clients.add(net.left.tcp().connect(null, server, 7, TcpEvents.NONE));
      }
      net.network.runUntil(
          () -> {
            for (TcpConnection c; (c = listener.accept()) != null; ) {
              byPort.put(c.remotePort(), c);
            }
            return byPort.size() == goal;
          },
          net.network.now() + LIMIT);
      assertThat(byPort).hasSize(goal);
    }
    clients.forEach(c -> servers.add(byPort.get(c.localPort())));
    net.network.run(net.network.now() + 2_000_000_000L);
  }

  /** Every client sends its bytes, every server sends back what it reads. */
  private void echo(List<TcpConnection> clients, List<TcpConnection> servers) {
    int[] sent = new int[clients.size()];
    int[] back = new int[clients.size()];
    byte[] buffer = new byte[4096];
    boolean done =
        net.network.runUntil(
            () -> {
              int finished = 0;
              for (int i = 0; i < sent.length; i++) {
                TcpConnection client = clients.get(i);
                if (sent[i] < BYTES) {
                  Arrays.fill(buffer, (byte) i);
                  sent[i] += client.write(buffer, 0, Math.min(buffer.length, BYTES - sent[i]));
                  client.flush();
                }
                TcpConnection server = servers.get(i);
                int n = server.read(buffer, 0, Math.min(buffer.length, server.writable()));
                if (n > 0) {
                  server.write(buffer, 0, n);
                  server.flush();
                  server.consumed();
                }
                int m = client.read(buffer, 0, buffer.length);
                if (m > 0) {
                  assertThat(buffer[m - 1]).isEqualTo((byte) i);
                  back[i] += m;
                  client.consumed();
                }
                finished += back[i] == BYTES ? 1 : 0;
              }
              return finished == sent.length;
            },
            net.network.now() + LIMIT);
    assertThat(done).isTrue();
  }

  private static int halfClosed(List<TcpConnection> servers) {
    int count = 0;
    for (TcpConnection c : servers) {
      count += c.state() == TcpState.CLOSE_WAIT ? 1 : 0;
    }
    return count + ACTIVE;
  }
}
