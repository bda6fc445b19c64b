package io.tapstack.tcp;

import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;

/**
 * Whatever the wire does, every byte arrives in order or the connection is reported broken, both
 * ends agree, both obey {@link WireRules}, all ends soon once the wire is good again, and nothing
 * is left behind.
 *
 * <p>A failure prints the case; {@code mvn -q -pl stack-core test -Dtest=TransferProperties
 * -Dtapstack.transfer=CASE} runs it alone, {@code -Dtapstack.cases=N -Dtapstack.seed=S} runs N
 * cases that follow from one seed, {@code -Dtapstack.trace=true} prints every segment.
 */
class TransferProperties {
  @Property(tries = 3000, shrinking = ShrinkingMode.BOUNDED, edgeCases = EdgeCasesMode.NONE)
  void everyByteArrivesOrTheConnectionIsBroken(@ForAll("transfers") Transfer transfer) {
    if (System.getProperty("tapstack.transfer") == null) {
      run(transfer);
    }
  }

  @Example
  void theCaseOfTheCommandLine() {
    run(
        Transfer.parse(
            System.getProperty(
                "tapstack.transfer", "1,200,300,100,50,1000,0,50000,50000,8192,64,0,1023,0,0")));
  }

  @Example
  void manyCasesOfOneSeed() {
    SplittableRandom seeds = new SplittableRandom(Long.getLong("tapstack.seed", 20_261));
    int cases = Integer.getInteger("tapstack.cases", 10_000);
    for (int i = 0; i < cases; i++) {
      run(Transfer.random(seeds.nextLong()));
    }
  }

  private static void run(Transfer transfer) {
    try {
      transfer.run();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          e.getMessage()
              + "\nreplay: mvn -q -pl stack-core test -Dtest=TransferProperties -Dtapstack.transfer="
              + transfer.text(),
          e);
    }
  }

  @Provide
  Arbitrary<Transfer> transfers() {
    Arbitrary<int[]> wire =
        Combinators.combine(
                Arbitraries.integers().between(0, 200),
                Arbitraries.integers().between(0, 300),
                Arbitraries.integers().between(0, 100),
                Arbitraries.integers().between(0, 50),
                Arbitraries.integers().between(0, 50_000))
            .as((a, b, c, d, e) -> new int[] {a, b, c, d, e});
    Arbitrary<int[]> hosts =
        Combinators.combine(
                Arbitraries.integers().between(0, 60_000),
                Arbitraries.integers().between(0, 60_000),
                Arbitraries.of(2048, 4096, 16_384, 65_536, 262_144),
                Arbitraries.integers().between(48, 1024),
                Arbitraries.integers().between(0, Transfer.OPTIONS - 1))
            .as((a, b, c, d, e) -> new int[] {a, b, c, d, e});
    Arbitrary<Integer> calm =
        Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.just(0)),
            Tuple.of(1, Arbitraries.integers().between(1, 60_000)));
    Arbitrary<Integer> algorithms =
        Arbitraries.integers().between(0, CongestionControls.names().size() - 1);
    Arbitrary<Integer> ends = Arbitraries.of(0, 0, 0, 0, 1, 2);
    return Combinators.combine(Arbitraries.longs(), wire, calm, hosts, algorithms, ends, ends)
        .as(
            (seed, w, c, h, a, left, right) ->
                new Transfer(
                    seed, w[0], w[1], w[2], w[3], w[4], c, h[0], h[1], h[2], h[3], a, h[4], left,
                    right));
  }
}
