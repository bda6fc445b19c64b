package io.tapstack.socket;

import static io.tapstack.socket.Hosts.A;
import static io.tapstack.socket.Hosts.pattern;
import static io.tapstack.socket.Hosts.receive;
import static io.tapstack.socket.Hosts.tcp;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.socket.Hosts.Wire;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Virtual threads that wait in sockets give their carriers back. The project is compiled for Java
 * 17, which has none; so they are reached through a method handle, on Java 21 and later.
 */
@Timeout(40)
class VirtualThreadTest {
  /** Many more than any machine's carriers: pinned ones would leave none for the rest. */
  private static final int CLIENTS = 500;

  @TempDir Path directory;

  private static Thread startVirtual(Runnable body) throws Throwable {
    MethodHandle start =
        MethodHandles.publicLookup()
            .findStatic(
                Thread.class,
                "startVirtualThread",
                MethodType.methodType(Thread.class, Runnable.class));
    return (Thread) start.invokeExact(body);
  }

  @Test
  void waitingPinsNoCarrier() throws Throwable {
    assumeTrue(
        Runtime.version().feature() >= 21,
        "Java " + Runtime.version().feature() + " has no virtual threads; run on 21 or later");
    Path file = directory.resolve("pinned.jfr");
    AtomicInteger done = new AtomicInteger();
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    try (Recording recording = new Recording();
        Hosts hosts = Wire.PIPE.connect()) {
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
      recording.start();
      TCPSocket listener = tcp(hosts.a());
      assertThat(listener.bind(7)).isZero();
      assertThat(listener.listen(CLIENTS)).isZero();
      List<Thread> threads = new ArrayList<>();
      List<TCPSocket> accepted = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int size = 1 + i;
        threads.add(
            startVirtual(
                () -> {
                  try {
                    TCPSocket socket = tcp(hosts.b());
                    assertThat(socket.connect(new SocketAddress(A, 7))).isZero();
                    // Here all of them wait until the last one is connected.
                    int length = receive(socket, 1)[0] + 129;
                    assertThat(socket.send(pattern(size))).isEqualTo(size);
                    assertThat(receive(socket, length)).isEqualTo(pattern(length));
                    assertThat(socket.recv(new byte[1])).isZero();
                    assertThat(socket.close()).isZero();
                    done.incrementAndGet();
                  } catch (RuntimeException | Error e) {
                    failures.add(e);
                  }
                }));
        TCPSocket connection = listener.accept();
        assertThat(connection).isNotNull();
        accepted.add(connection);
      }
      for (TCPSocket connection : accepted) {
        assertThat(connection.send(new byte[] {71})).isEqualTo(1);
        assertThat(connection.send(pattern(200))).isEqualTo(200);
      }
      for (TCPSocket connection : accepted) {
        receive(connection, 1);
        assertThat(connection.shutdownOutput()).isZero();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      recording.stop();
      recording.dump(file);
    }
    assertThat(failures).isEmpty();
    assertThat(done).hasValue(CLIENTS);
    assertThat(RecordingFile.readAllEvents(file)).as("pinned").isEmpty();
  }
}
