package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Eventfds stand in for devices. Waits for ever are ended by the timeout of the test. */
// A wait in the kernel heeds no interrupt: another thread has to call time.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EpollTest {
  private static final long SECOND = 1_000_000_000L;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Integer> descriptors = new ArrayList<>();
  private Native os;
  private Epoll epoll;

  @BeforeEach
  void open() throws TapException {
    os = Native.load();
    epoll = new Epoll();
  }

  @AfterEach
  void close() throws InterruptedException {
    epoll.close();
    descriptors.forEach(os.c::close);
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void readableDescriptorsAreCountedUntilTheyAreRead() throws TapException {
    int a = device();
    int b = device();
    epoll.add(a);
    epoll.add(b);
    assertThat(epoll.await(0)).isZero();
    write(a);
    assertThat(epoll.await(-1)).isEqualTo(1);
    write(b);
    assertThat(epoll.await(SECOND)).isEqualTo(2);
    read(a);
    assertThat(epoll.await(0)).isEqualTo(1);
    epoll.remove(b);
    assertThat(epoll.await(0)).isZero();
  }

  @Test
  void descriptorThatIsThereAlreadyIsRefused() throws TapException {
    int a = device();
    epoll.add(a);
    assertThatThrownBy(() -> epoll.add(a))
        .isInstanceOf(TapException.class)
        .hasMessageContaining("EEXIST");
  }

  @Test
  void timeIsWaitedForToTheNanosecondOfTheKernel() {
    for (long nanos : new long[] {1, 50_000, 1_500_000, 20_000_000}) {
      long start = System.nanoTime();
      assertThat(epoll.await(nanos)).isZero();
      assertThat(System.nanoTime() - start).isBetween(nanos, nanos + 5 * SECOND);
    }
  }

  @Test
  void wakeupBeforeTheWaitEndsItAndOnlyIt() {
    epoll.wakeup();
    epoll.wakeup();
    assertThat(epoll.await(-1)).isZero();
    long start = System.nanoTime();
    epoll.await(10_000_000);
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(10_000_000);
  }

  @Test
  void wakeupFromAnotherThreadEndsTheWait() throws Exception {
    for (int i = 0; i < 20; i++) {
      Future<Integer> waiter = threads.submit(() -> epoll.await(-1));
      Thread.sleep(i % 3);
      epoll.wakeup();
      assertThat(waiter.get(10, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void wakeupDoesNotHideADevice() throws TapException {
    int a = device();
    epoll.add(a);
    write(a);
    epoll.wakeup();
    assertThat(epoll.await(-1)).isEqualTo(1);
    assertThat(epoll.await(-1)).isEqualTo(1);
  }

  @Test
  void noWakeupIsLost() throws Exception {
    int rounds = 200_000;
    int producers = 3;
    AtomicInteger running = new AtomicInteger(producers);
    List<Future<?>> done = new ArrayList<>();
    for (int p = 0; p < producers; p++) {
      done.add(
          threads.submit(
              () -> {
                for (int i = 0; i < rounds / producers; i++) {
                  epoll.wakeup();
                  if (i % 64 == 0) {
                    Thread.onSpinWait();
                  }
                }
                running.decrementAndGet();
                epoll.wakeup();
              }));
    }
    while (running.get() > 0) {
      epoll.await(-1); // a lost wake-up waits here for ever
    }
    for (Future<?> future : done) {
      future.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void everyMessageOfAPingPongArrives() throws Exception {
    // One producer that waits for each message to be seen: every single wake-up counts.
    int rounds = 20_000;
    AtomicLong sent = new AtomicLong();
    AtomicLong seen = new AtomicLong();
    Future<?> producer =
        threads.submit(
            () -> {
              for (long i = 1; i <= rounds; i++) {
                sent.setPlain(i);
                epoll.wakeup();
                while (seen.get() < i) {
                  Thread.onSpinWait();
                }
              }
            });
    while (seen.getPlain() < rounds) {
      epoll.await(-1);
      seen.set(sent.getPlain());
    }
    producer.get(10, TimeUnit.SECONDS);
  }

  @Test
  void closeEndsTheWaitAndEverythingAfterIt() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    Callable<Integer> wait =
        () -> {
          started.countDown();
          return epoll.await(-1);
        };
    Future<Integer> waiter = threads.submit(wait);
    started.await();
    Thread.sleep(20);
    epoll.close();
    assertThat(waiter.get(10, TimeUnit.SECONDS)).isZero();
    epoll.close();
    epoll.wakeup();
    epoll.remove(1);
    assertThatThrownBy(() -> epoll.await(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> epoll.add(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingAmidWakeupsUsesNoClosedDescriptor() throws Exception {
    // A descriptor used after it is closed makes wakeup() or await() throw here; elsewhere its
    // number might be another file's by then.
    for (int i = 0; i < 3000; i++) {
      Epoll shortLived = new Epoll();
      CyclicBarrier start = new CyclicBarrier(3);
      Future<?> waiter =
          threads.submit(
              () -> {
                start.await();
                assertThatThrownBy(
                        () -> {
                          while (true) {
                            shortLived.await(-1);
                          }
                        })
                    .hasMessageContaining("is closed");
                return null;
              });
      Future<?> waker =
          threads.submit(
              () -> {
                start.await();
                for (int k = 0; k < 5; k++) {
                  shortLived.wakeup();
                }
                return null;
              });
      start.await();
      shortLived.close();
      waker.get(10, TimeUnit.SECONDS);
      waiter.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void descriptorsAreGivenBack() throws Exception {
    long before = openFiles();
    for (int i = 0; i < 100; i++) {
      new Epoll().close();
    }
    assertThat(openFiles()).isLessThan(before + 100);
  }

  private int device() {
    int fd = os.c.eventfd(0, 0x80800);
    assertThat(fd).isNotNegative();
    descriptors.add(fd);
    return fd;
  }

  private void write(int fd) {
    ByteBuffer one = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()).putLong(0, 1);
    assertThat(os.c.write(fd, Native.address(one), 8)).isEqualTo(8);
  }

  private long read(int fd) {
    ByteBuffer value = ByteBuffer.allocateDirect(8);
    return os.c.read(fd, Native.address(value), 8);
  }

  private static long openFiles() throws Exception {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
