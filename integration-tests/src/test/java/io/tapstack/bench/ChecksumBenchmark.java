package io.tapstack.bench;

import io.tapstack.wire.InternetChecksum;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The Internet checksum against the textbook loop, over off-heap memory as segments are. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ChecksumBenchmark {
  @Param({"40", "1460", "65536"})
  private int length;

  private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

  /** For JMH. */
  public ChecksumBenchmark() {}

  @Setup
  public void fill() {
    byte[] bytes = new byte[length];
    new SplittableRandom(1).nextBytes(bytes);
    buffer = ByteBuffer.allocateDirect(length).put(0, bytes);
  }

  @Benchmark
  public long ours() {
    return InternetChecksum.add(0, buffer, 0, length);
  }

  @Benchmark
  public int textbook() {
    return InternetChecksum.textbook(buffer, 0, length);
  }
}
