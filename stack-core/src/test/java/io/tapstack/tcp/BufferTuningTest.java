package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.sim.Impairment;
import io.tapstack.stack.StackConfig;
import io.tapstack.wire.IpAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Buffers that grow with the path: a bulk transfer over 100 ms each way, in virtual time. */
class BufferTuningTest {
  private static final int INITIAL_SEND = 256 * 1024;
  private static final int INITIAL_RECEIVE = 128 * 1024;

  private TwoStacks net;
  private TcpConnection sender;
  private TcpConnection receiver;
  private long received;

  private void connects(TcpConfig.Builder config) {
    StackConfig stack = StackConfig.defaults().withPackets(16_384).withTcp(config.build());
    net = new TwoStacks(1, stack, Impairment.NONE.delay(100_000_000));
    PortBinding binding = net.right.tcp().bind(IpAddress.ANY_V6, 80, false);
    TcpListener listener = net.right.tcp().listen(binding, 1, TcpEvents.NONE);
    sender = net.left.tcp().connect(null, IpAddress.parse("10.0.0.2"), 80, TcpEvents.NONE);
    net.network.runUntil(() -> listener.pending() > 0, Duration.ofSeconds(5).toNanos());
    receiver = listener.accept();
    assertThat(receiver).isNotNull();
  }

  /** Writes whenever there is room; reads at most so many bytes per millisecond. */
  private void runs(Duration time, int readsPerMilli) {
    byte[] bytes = new byte[64 * 1024];
    byte[] into = new byte[readsPerMilli];
    sender.events(
        what -> {
          if ((what & TcpEvents.WRITABLE) != 0) {
            writes(bytes);
          }
        });
    writes(bytes);
    long end = net.network.now() + time.toNanos();
    while (net.network.now() < end) {
      received += Math.max(receiver.read(into, 0, readsPerMilli), 0);
      receiver.consumed();
      net.network.run(net.network.after(1_000_000));
    }
  }

  private void writes(byte[] bytes) {
    while (sender.write(bytes, 0, bytes.length) > 0) {}
    sender.flush();
  }

  /** Proves: RFC 7323 2.2 */
  @Test
  void bothBuffersGrowWithThePath() {
    connects(TcpConfig.builder());
    runs(Duration.ofSeconds(10), 1 << 20);
    assertThat(sender.sendBuffer()).isGreaterThan(4 * INITIAL_SEND);
    assertThat(receiver.receiveBuffer()).isGreaterThan(8 * INITIAL_RECEIVE);
    assertThat(receiver.info().rcvSpace()).isEqualTo(receiver.receiveBuffer());
    // Of the buffers at the beginning one per round trip of 200 ms were 6.5 MB.
    assertThat(received).isGreaterThan(40_000_000);
    assertThat(net.left.tcp().ringMemory.used()).isEqualTo((long) sender.sendBuffer());
  }

  @Test
  void noBufferGrowsBeyondItsLimit() {
    connects(
        TcpConfig.builder()
            .sendBuffer(INITIAL_SEND, 2 * INITIAL_SEND)
            .receiveBuffer(INITIAL_RECEIVE, 700_000));
    runs(Duration.ofSeconds(10), 1 << 20);
    assertThat(sender.sendBuffer()).isEqualTo(2 * INITIAL_SEND);
    assertThat(receiver.receiveBuffer()).isEqualTo(700_000);
  }

  @Test
  void whoReadsSlowlyGetsNoLargerBuffer() {
    connects(TcpConfig.builder());
    runs(Duration.ofSeconds(10), 50); // 10 kB in a round trip
    assertThat(receiver.receiveBuffer()).isEqualTo(INITIAL_RECEIVE);
    assertThat(sender.sendBuffer()).isLessThanOrEqualTo(2 * INITIAL_SEND);
  }

  @Test
  void whatTheApplicationChoseStays() {
    connects(TcpConfig.builder());
    sender.sendBuffer(100_000);
    receiver.receiveBuffer(90_000);
    runs(Duration.ofSeconds(5), 1 << 20);
    assertThat(sender.sendBuffer()).isEqualTo(100_000);
    assertThat(receiver.receiveBuffer()).isEqualTo(90_000);
    assertThat(received).isGreaterThan(20 * 80_000);
  }

  @Test
  void autoTuningMayBeOff() {
    connects(TcpConfig.builder().receiveAutoTuning(false));
    runs(Duration.ofSeconds(5), 1 << 20);
    assertThat(receiver.receiveBuffer()).isEqualTo(INITIAL_RECEIVE);
    assertThat(receiver.rcvScale).as("for the most that SO_RCVBUF may ask").isEqualTo(7);
  }

  /** Proves: attack 21 */
  @Test
  void sendBuffersDoNotGrowBeyondWhatTheStackHas() {
    connects(TcpConfig.builder().sendMemory(INITIAL_SEND + 1000));
    runs(Duration.ofSeconds(5), 1 << 20);
    assertThat(sender.sendBuffer()).isEqualTo(INITIAL_SEND);
    assertThat(net.left.tcp().counters().sendBuffersFrozen()).isPositive();
    assertThat(received).isGreaterThan(10L * INITIAL_SEND);
  }
}
