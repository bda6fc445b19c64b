package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.wire.Bytes;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two ends of a pipe, in one thread and in two. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PipeTest {
  private final PacketPool pool = new PacketPool(2, 2048);

  private boolean transmit(Pipe.End end, Bytes frame) {
    Packet packet = Objects.requireNonNull(pool.acquire());
    packet.end = frame.write(packet.buffer, packet.start);
    boolean sent = end.transmit(packet);
    packet.release();
    return sent;
  }

  private @Nullable Bytes receive(Pipe.End end) {
    Packet packet = Objects.requireNonNull(pool.acquire());
    Bytes frame =
        end.receive(packet) ? Bytes.copyOf(packet.buffer, packet.start, packet.length()) : null;
    packet.release();
    return frame;
  }

  @Test
  void carriesFramesBothWaysInOrder() {
    Pipe pipe = Pipe.create();
    assertThat(receive(pipe.left())).isNull();
    for (int i = 0; i < 1000; i++) {
      Bytes frame = Bytes.pattern(i, 1 + i % 1514);
      assertThat(transmit(pipe.left(), frame)).isTrue();
      assertThat(transmit(pipe.right(), frame.plus(Bytes.EMPTY))).isTrue();
      assertThat(transmit(pipe.left(), Bytes.of("second"))).isTrue();
      assertThat(receive(pipe.right())).isEqualTo(frame);
      assertThat(receive(pipe.left())).isEqualTo(frame);
      assertThat(receive(pipe.right())).isEqualTo(Bytes.of("second"));
      assertThat(receive(pipe.right())).isNull();
    }
  }

  @Test
  void saysWhatItIs() {
    Pipe pipe = Pipe.create("cable", 1, 2, 9000, 4);
    assertThat(pipe.left().name()).isEqualTo("cable.left");
    assertThat(pipe.right().name()).isEqualTo("cable.right");
    assertThat(pipe.left().mac()).isEqualTo(1);
    assertThat(pipe.right().mac()).isEqualTo(2);
    assertThat(pipe.left().mtu()).isEqualTo(9000);
    assertThat(pipe.left().capabilities()).isEqualTo(LinkCapabilities.NONE);
    assertThatThrownBy(() -> Pipe.create("cable", 1, 2, 67, 4))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Pipe.create("cable", 1, 2, 1500, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Pipe.create("cable", 1, 2, 65_535, 1 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 GiB");
  }

  @Test
  void dropsAndCountsWhenItIsFull() {
    Pipe pipe = Pipe.create("small", 1, 2, 100, 3);
    for (int i = 0; i < 3; i++) {
      assertThat(transmit(pipe.left(), Bytes.pattern(i, 60))).isTrue();
    }
    assertThat(transmit(pipe.left(), Bytes.of("one too many"))).isFalse();
    assertThat(pipe.left().dropped()).isEqualTo(1);
    assertThat(pipe.right().dropped()).isZero();
    assertThat(receive(pipe.right())).isEqualTo(Bytes.pattern(0, 60));
    assertThat(transmit(pipe.left(), Bytes.of("room again"))).isTrue();
  }

  @Test
  void dropsFramesThatDoNotFit() {
    Pipe pipe = Pipe.create("small", 1, 2, 100, 3);
    assertThat(transmit(pipe.left(), Bytes.pattern(0, 114))).isTrue();
    assertThat(transmit(pipe.left(), Bytes.pattern(0, 200))).isFalse();
    // A receiver whose packets are too small for the MTU loses the frame and gets the next.
    Pipe large = Pipe.create("large", 1, 2, 9000, 3);
    PacketPool largePool = new PacketPool(1, 9200);
    Packet jumbo = Objects.requireNonNull(largePool.acquire());
    jumbo.end = jumbo.start + 4000;
    assertThat(large.left().transmit(jumbo)).isTrue();
    assertThat(transmit(large.left(), Bytes.of("small"))).isTrue();
    assertThat(receive(large.right())).isEqualTo(Bytes.of("small"));
    assertThat(large.left().dropped()).isEqualTo(1);
  }

  @Test
  void dropsEverythingOnceAnEndIsClosed() {
    Pipe pipe = Pipe.create();
    transmit(pipe.left(), Bytes.of("lost"));
    pipe.right().close();
    pipe.right().close();
    assertThat(receive(pipe.right())).isNull();
    assertThat(transmit(pipe.left(), Bytes.of("lost, too"))).isFalse();
    assertThat(transmit(pipe.right(), Bytes.of("and this"))).isFalse();
    assertThat(pipe.left().dropped()).isEqualTo(1);
  }

  @Test
  void wakesOnceAfterTheOtherSideFoundNothing() {
    Pipe pipe = Pipe.create();
    AtomicInteger woken = new AtomicInteger();
    pipe.right().onReceivable(woken::incrementAndGet);
    transmit(pipe.left(), Bytes.of("1"));
    transmit(pipe.left(), Bytes.of("2"));
    assertThat(woken).hasValue(1);
    assertThat(receive(pipe.right())).isNotNull();
    transmit(pipe.left(), Bytes.of("3"));
    assertThat(woken).as("it has not yet found nothing").hasValue(1);
    assertThat(receive(pipe.right())).isNotNull();
    assertThat(receive(pipe.right())).isNotNull();
    assertThat(receive(pipe.right())).isNull();
    transmit(pipe.left(), Bytes.of("4"));
    assertThat(woken).hasValue(2);
  }

  /** Every frame arrives whole and in order, and no wakeup is lost, or this test hangs. */
  @Test
  void connectsTwoThreads() throws InterruptedException {
    int frames = 200_000;
    Pipe pipe = Pipe.create("threads", 1, 2, 1500, 64);
    AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    Thread receiver =
        new Thread(
            () -> {
              PacketPool own = new PacketPool(1, 2048);
              Packet packet = Objects.requireNonNull(own.acquire());
              int expected = 0;
              while (expected < frames) {
                if (pipe.right().receive(packet.clear())) {
                  int number = packet.buffer.getInt(packet.start);
                  if (number != expected
                      || packet.length() != 4 + expected % 1000
                      || packet.length() > 4
                          && packet.buffer.get(packet.end - 1) != (byte) number) {
                    wrong.set("frame " + expected + " came as " + number);
                    return;
                  }
                  expected++;
                } else {
                  LockSupport.park();
                }
              }
            });
    pipe.right().onReceivable(() -> LockSupport.unpark(receiver));
    receiver.start();
    Packet packet = Objects.requireNonNull(pool.acquire());
    for (int i = 0; i < frames; i++) {
      packet.clear();
      packet.end = packet.start + 4 + i % 1000;
      packet.buffer.putInt(packet.start, i);
      if (packet.length() > 4) {
        packet.buffer.put(packet.end - 1, (byte) i);
      }
      while (!pipe.left().transmit(packet) && receiver.isAlive()) {
        Thread.onSpinWait();
      }
    }
    packet.release();
    receiver.join();
    assertThat(wrong.get()).isNull();
  }
}
