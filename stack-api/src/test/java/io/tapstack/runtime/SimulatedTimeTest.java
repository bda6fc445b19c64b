package io.tapstack.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.sim.SimNetwork;
import io.tapstack.sim.SimTime;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SimulatedTimeTest {
  private final SimNetwork network = new SimNetwork(1);
  private final SimulatedTime time = new SimulatedTime(network);
  private final ConcurrentLinkedQueue<Throwable> problems = new ConcurrentLinkedQueue<>();

  private SimulatedDriver driver() {
    StackConfig config = StackConfig.defaults().withPackets(64);
    return new SimulatedDriver(
        time, new NetworkStack(config, network.newRandom(), network.now()), problems::add);
  }

  @Test
  void sleepPassesVirtualTimeOnly() {
    long before = System.nanoTime();
    time.sleep(SimTime.seconds(86_400));
    assertThat(time.now()).isEqualTo(SimTime.seconds(86_400));
    assertThat(System.nanoTime() - before).isLessThan(SimTime.seconds(10));
  }

  @Test
  void timeStandsStillWhileAKnownThreadComputes() {
    List<Long> times = Collections.synchronizedList(new ArrayList<>());
    SimulatedThread computing =
        time.start(
            "computing",
            () -> {
              long end = System.nanoTime() + 50_000_000;
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
              times.add(time.now());
            });
    SimulatedThread sleeping =
        time.start(
            "sleeping",
            () -> {
              time.sleep(SimTime.seconds(10));
              times.add(time.now());
            });
    time.join(computing);
    time.join(sleeping);
    assertThat(times).containsExactly(0L, SimTime.seconds(10));
  }

  @Test
  void threadsTakeTurnsInTheOrderOfTheirDeadlines() {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<SimulatedThread> threads = new ArrayList<>();
    time.run(
        () -> {
          for (int i = 0; i < 5; i++) {
            threads.add(time.start("sleeper-" + i, sleeper(i, order)));
          }
        });
    threads.forEach(time::join);
    assertThat(order).hasSize(100);
    for (int i = 0; i < 100; i++) {
      assertThat(order.get(i)).isEqualTo(i % 5);
    }
    assertThat(time.now()).isEqualTo(SimTime.seconds(200) + SimTime.millis(4));
  }

  private Runnable sleeper(int self, List<Integer> order) {
    return () -> {
      time.sleep(SimTime.millis(self));
      for (int round = 0; round < 20; round++) {
        order.add(self);
        time.sleep(SimTime.seconds(10));
      }
    };
  }

  @Test
  void aSignalFromAnotherThreadEndsAWaitWithoutADeadline() {
    SimulatedDriver driver = driver();
    Signal signal = new Signal();
    long seen = signal.version();
    SimulatedThread raising =
        time.start(
            "raising",
            () -> {
              time.sleep(SimTime.seconds(1));
              driver.run(signal::raise);
            });
    assertThat(driver.await(signal, seen, Long.MAX_VALUE)).isTrue();
    assertThat(time.now()).isEqualTo(SimTime.seconds(1));
    time.join(raising);
    assertThat(driver.await(signal, signal.version(), SimTime.seconds(2))).isFalse();
    assertThat(time.now()).isEqualTo(SimTime.seconds(2));
  }

  @Test
  void aThreadThatNobodyKnowsCanEndAWaitToo() throws InterruptedException {
    SimulatedDriver driver = driver();
    Signal signal = new Signal();
    long seen = signal.version();
    Thread unknown =
        new Thread(
            () -> {
              try {
                Thread.sleep(50);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              driver.run(signal::raise);
            });
    unknown.start();
    assertThat(driver.await(signal, seen, Long.MAX_VALUE)).isTrue();
    unknown.join();
  }

  @Test
  void anInterruptEndsAWait() throws InterruptedException {
    SimulatedDriver driver = driver();
    Signal signal = new Signal();
    ConcurrentLinkedQueue<Boolean> answers = new ConcurrentLinkedQueue<>();
    Thread waiting =
        new Thread(
            () -> {
              answers.add(driver.await(signal, signal.version(), Long.MAX_VALUE));
              answers.add(Thread.currentThread().isInterrupted());
            });
    waiting.start();
    Thread.sleep(50);
    waiting.interrupt();
    waiting.join(5000);
    assertThat(answers).containsExactly(false, true);
  }

  @Test
  void aCallbackIsMadeByTheThreadThatWaitsAndDoesNotWaitItself() {
    SimulatedDriver driver = driver();
    List<String> calls = new ArrayList<>();
    Signal signal = new Signal();
    Callback callback =
        new Callback() {
          @Override
          protected void run() {
            boolean waited = driver.await(new Signal(), 0, Long.MAX_VALUE);
            calls.add(Thread.currentThread().getName() + " " + waited);
            signal.raise();
          }
        };
    driver.run(() -> driver.post(callback));
    assertThat(driver.await(signal, 0, SimTime.seconds(1))).isTrue();
    assertThat(calls).containsExactly(Thread.currentThread().getName() + " false");
    assertThat(time.now()).isZero();
  }

  @Test
  void joinTellsOfAFailure() {
    SimulatedThread failing =
        time.start(
            "failing",
            () -> {
              throw new IllegalArgumentException("oh");
            });
    assertThatThrownBy(() -> time.join(failing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("failing failed")
        .hasRootCauseMessage("oh");
  }
}
