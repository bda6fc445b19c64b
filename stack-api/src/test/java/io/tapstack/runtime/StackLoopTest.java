package io.tapstack.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.link.Pipe;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.wire.IpAddress;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StackLoopTest {
  private static final String NAME = "loop-under-test";
  private static final StackConfig CONFIG = StackConfig.defaults().withPackets(64);

  private final MonotonicClock clock = new MonotonicClock();
  private final ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();
  private final StackLoop loop =
      new StackLoop(
          NAME, new NetworkStack(CONFIG, new Random(1), clock.getAsLong()), clock, problems::add);

  @AfterEach
  void close() {
    loop.close();
  }

  /** A link without a wire that counts how often it is closed, and throws when it is told to. */
  private static final class TestLink implements Link {
    final AtomicInteger closes = new AtomicInteger();
    volatile @Nullable Runnable wakeup;
    volatile @Nullable RuntimeException bug;

    @Override
    public String name() {
      return "test0";
    }

    @Override
    public long mac() {
      return 0x02_00_00_00_00_01L;
    }

    @Override
    public int mtu() {
      return 1500;
    }

    @Override
    public boolean transmit(Packet frame) {
      return true;
    }

    @Override
    public boolean receive(Packet frame) {
      if (bug != null) {
        throw bug;
      }
      return false;
    }

    @Override
    public void onReceivable(Runnable wake) {
      wakeup = wake;
    }

    @Override
    public void close() {
      closes.incrementAndGet();
    }
  }

  /** A resident that remembers how it was told. */
  private static final class TestResident implements Resident {
    final Signal signal = new Signal();
    final AtomicInteger ends = new AtomicInteger();
    final AtomicReference<@Nullable Throwable> why = new AtomicReference<>();

    @Override
    public void driverEnds(@Nullable Throwable failure) {
      ends.incrementAndGet();
      why.set(failure);
      signal.raise();
    }
  }

  private static Callback callback(Runnable body) {
    return new Callback() {
      @Override
      protected void run() {
        body.run();
      }
    };
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(NAME))
        .count();
  }

  private static Thread thread() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(NAME))
        .findAny()
        .orElseThrow();
  }

  @Test
  void startsStopsAndStartsAgain() {
    assertThat(threads()).isZero();
    for (int i = 0; i < 3; i++) {
      loop.start();
      loop.start();
      assertThat(threads()).isEqualTo(1);
      loop.stop();
      assertThat(threads()).isZero();
    }
    loop.close();
    assertThat(loop.state()).isEqualTo(StackDriver.State.CLOSED);
    assertThatThrownBy(loop::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has ended");
    assertThatThrownBy(() -> loop.run(() -> {})).isInstanceOf(IllegalStateException.class);
    assertThat(loop.enter()).isFalse();
  }

  @Test
  void closeTellsResidentsJoinsTheThreadAndClosesLinks() throws Exception {
    TestLink link = new TestLink();
    TestResident resident = new TestResident();
    loop.attach(link);
    loop.start();
    loop.run(() -> loop.register(resident));
    loop.close();
    loop.close();
    assertThat(resident.ends).hasValue(1);
    assertThat(resident.why.get()).isNull();
    assertThat(link.closes.get()).isPositive();
    assertThat(threads()).isZero();
  }

  @Test
  void closeFromWithinACallbackEndsTheLoopAfterwards() throws Exception {
    TestLink link = new TestLink();
    loop.attach(link);
    loop.start();
    Thread thread = thread();
    loop.run(() -> loop.post(callback(loop::close)));
    thread.join(5000);
    assertThat(thread.isAlive()).isFalse();
    assertThat(loop.state()).isEqualTo(StackDriver.State.CLOSED);
    assertThat(link.closes.get()).isPositive();
  }

  @Test
  void aFailureOfTheStackWakesEverybodyAndIsReported() throws Exception {
    TestLink link = new TestLink();
    TestResident resident = new TestResident();
    loop.attach(link);
    loop.start();
    Thread thread = thread();
    loop.run(() -> loop.register(resident));
    long seen = resident.signal.version();
    AtomicInteger woken = new AtomicInteger();
    Thread waiting =
        new Thread(
            () -> {
              if (loop.await(resident.signal, seen, Long.MAX_VALUE)) {
                woken.incrementAndGet();
              }
            });
    waiting.start();
    Thread.sleep(20);
    RuntimeException bug = new IllegalStateException("a bug");
    link.bug = bug;
    Runnable wakeup = link.wakeup;
    assertThat(wakeup).isNotNull();
    wakeup.run();
    waiting.join(5000);
    thread.join(5000);
    assertThat(woken).hasValue(1);
    assertThat(thread.isAlive()).isFalse();
    assertThat(loop.state()).isEqualTo(StackDriver.State.FAILED);
    assertThat(loop.failure()).isSameAs(bug);
    assertThat(resident.why.get()).isSameAs(bug);
    assertThat(problems).containsExactly(bug);
    assertThat(link.closes.get()).isPositive();
    assertThat(loop.enter()).isFalse();
    assertThatThrownBy(() -> loop.run(() -> {})).hasMessageContaining("FAILED").hasCause(bug);
  }

  @Test
  void anExceptionOfACallbackIsReportedAndHarmsNobody() throws Exception {
    loop.attach(Pipe.create().left());
    loop.start();
    CountDownLatch second = new CountDownLatch(1);
    RuntimeException mistake = new IllegalArgumentException("of the application");
    loop.run(
        () -> {
          loop.post(
              callback(
                  () -> {
                    throw mistake;
                  }));
          loop.post(callback(second::countDown));
        });
    assertThat(second.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(problems).containsExactly(mistake);
    assertThat(loop.state()).isEqualTo(StackDriver.State.OPEN);
  }

  @Test
  void awaitEndsByItsDeadlineAndDoesNotWaitInACallback() throws Exception {
    loop.start();
    Signal signal = new Signal();
    long before = System.nanoTime();
    assertThat(loop.await(signal, signal.version(), loop.now() + 50_000_000)).isFalse();
    assertThat(System.nanoTime() - before).isBetween(49_000_000L, 2_000_000_000L);
    ConcurrentLinkedQueue<Boolean> answers = new ConcurrentLinkedQueue<>();
    CountDownLatch returned = new CountDownLatch(1);
    loop.run(
        () ->
            loop.post(
                callback(
                    () -> {
                      answers.add(loop.inCallback());
                      answers.add(loop.await(signal, signal.version(), Long.MAX_VALUE));
                      returned.countDown();
                    })));
    assertThat(returned.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(answers).containsExactly(true, false);
    assertThat(loop.inCallback()).isFalse();
  }

  @Test
  void aKickIsRunInPlaceOrByTheOwnerButNeverLost() throws Exception {
    loop.start();
    AtomicInteger[] wanted = new AtomicInteger[4];
    Thread[] threads = new Thread[wanted.length];
    for (int i = 0; i < threads.length; i++) {
      AtomicInteger mine = new AtomicInteger();
      wanted[i] = mine;
      Kick kick =
          new Kick() {
            @Override
            protected void run() {
              mine.set(0);
            }
          };
      threads[i] =
          new Thread(
              () -> {
                for (int round = 0; round < 20_000; round++) {
                  mine.set(1);
                  loop.kick(kick);
                  if (round % 64 == 0) {
                    loop.run(() -> {});
                  }
                }
              });
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    // All have let go, so whatever was kicked must have been run, by them or by the loop.
    loop.stop();
    for (AtomicInteger left : wanted) {
      assertThat(left).hasValue(0);
    }
  }

  @Test
  void aCallerIsNotStarvedByABusyLoop() throws Exception {
    Link busy =
        new Link() {
          @Override
          public String name() {
            return "busy0";
          }

          @Override
          public long mac() {
            return 0x02_00_00_00_00_01L;
          }

          @Override
          public int mtu() {
            return 1500;
          }

          @Override
          public boolean transmit(Packet frame) {
            return true;
          }

          /** Always one more frame, which the stack drops. */
          @Override
          public boolean receive(Packet frame) {
            frame.end = frame.start + 60;
            return true;
          }

          @Override
          public void close() {}
        };
    loop.attach(busy);
    loop.start();
    long before = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      loop.run(() -> {});
    }
    assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void aDeadlineThatACallerSetsIsMetByTheLoop() throws Exception {
    TestLink link = new TestLink();
    loop.attach(link);
    loop.start();
    Thread.sleep(20);
    // The retransmission timer of a SYN to nobody is set by this thread and fires in the loop's.
    long first =
        loop.call(
            () -> {
              NetworkStack stack = loop.stack();
              stack.ip().interfaces().get(0).addAddress(IpAddress.parse("10.0.0.1"), 24);
              stack.tcp().connect(null, IpAddress.parse("10.0.0.2"), 9, TcpEvents.NONE);
              return stack.nextDeadline();
            });
    for (int i = 0; i < 1000 && loop.call(() -> loop.stack().nextDeadline()) <= first; i++) {
      Thread.sleep(10);
    }
    assertThat(loop.call(() -> loop.stack().nextDeadline())).isGreaterThan(first);
  }
}
