package io.tapstack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the JMH benchmarks and prints each as a ratio to its reference. Not part of the tests:
 * {@code mvn -q -Pbench -pl integration-tests -am verify}.
 */
class PartsBench {
  @Test
  void checksum() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include(ChecksumBenchmark.class.getName())
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.milliseconds(500))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.milliseconds(500))
                    .shouldFailOnError(true)
                    .build())
            .run();
    assertThat(results).hasSize(6);
    for (String length : new String[] {"40", "1460", "65536"}) {
      double ours = score(results, "ours", length);
      double textbook = score(results, "textbook", length);
      System.out.printf(
          "checksum of %s bytes: %.1f ns, textbook %.1f ns: %.1f times as fast, %.1f GB/s%n",
          length, ours, textbook, textbook / ours, Integer.parseInt(length) / ours);
    }
  }

  private static double score(Collection<RunResult> results, String method, String length) {
    return results.stream()
        .filter(r -> r.getParams().getBenchmark().endsWith("." + method))
        .filter(r -> r.getParams().getParam("length").equals(length))
        .mapToDouble(r -> r.getPrimaryResult().getScore())
        .findFirst()
        .orElseThrow();
  }
}
