package io.tapstack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tapstack.ip.IpInterface;
import io.tapstack.link.Pipe;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.PortBinding;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpEvents;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.IpAddress;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In steady state a segment costs no object, on its way out and in: the JVM's own counter. */
class TcpAllocationTest {
  private static final int WARM_UP = 20_000_000;
  private static final int MEASURED = 50_000_000;

  private final Pipe pipe = Pipe.create();
  private final NetworkStack left =
      new NetworkStack(StackConfig.defaults(), new SplittableRandom(1), 0);
  private final NetworkStack right =
      new NetworkStack(StackConfig.defaults(), new SplittableRandom(2), 0);
  private final IpInterface leftSide = left.attach(pipe.left());
  private final IpInterface rightSide = right.attach(pipe.right());
  private final ByteBuffer source = ByteBuffer.allocateDirect(32_768);
  private final ByteBuffer target = ByteBuffer.allocateDirect(32_768);
  private long now;

  @ParameterizedTest
  @CsvSource({"10.0.0.2, cubic", "fd00::2, cubic", "10.0.0.2, reno", "10.0.0.2, bbr"})
  void aSegmentAllocatesNothing(String server, String congestion) {
    leftSide.addAddress(IpAddress.parse("10.0.0.1"), 24);
    leftSide.addAddress(IpAddress.parse("fd00::1"), 64);
    rightSide.addAddress(IpAddress.parse("10.0.0.2"), 24);
    rightSide.addAddress(IpAddress.parse("fd00::2"), 64);
    PortBinding binding = right.tcp().bind(IpAddress.ANY_V6, 80, false);
    TcpListener listener = right.tcp().listen(binding, 1, TcpEvents.NONE);
    TcpConnection client = left.tcp().connect(null, IpAddress.parse(server), 80, TcpEvents.NONE);
    client.congestionControl(congestion);
    TcpConnection accepted = null;
    while (accepted == null) {
      turn();
      accepted = listener.accept();
    }
    transfer(client, accepted, WARM_UP);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long segments = right.tcp().counters().inSegments();
    long before = threads.getCurrentThreadAllocatedBytes();
    transfer(client, accepted, MEASURED);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    segments = right.tcp().counters().inSegments() - segments;
    assertThat(segments).isGreaterThan(MEASURED / 1500);
    // A few hundred bytes in all are the JVM's own: class data, a recompilation.
    assertThat((double) allocated / segments)
        .as("%d bytes for %d segments", allocated, segments)
        .isLessThan(0.5);
  }

  private void transfer(TcpConnection from, TcpConnection to, int bytes) {
    int written = 0;
    int read = 0;
    while (read < bytes) {
      if (written < bytes) {
        source.position(0).limit(Math.min(source.capacity(), bytes - written));
        written += from.write(source);
        from.flush();
      }
      turn();
      target.clear();
      int n = to.read(target);
      if (n < 0) {
        throw new AssertionError("the stream ended: " + to.failure());
      }
      read += n;
      to.consumed();
    }
  }

  private void turn() {
    now += 10_000;
    side(left, leftSide);
    side(right, rightSide);
  }

  private void side(NetworkStack stack, IpInterface iface) {
    stack.advance(now);
    stack.pump(iface, 64);
    stack.poll(now);
  }
}
