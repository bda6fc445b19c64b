package io.tapstack.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PseudoRandomBytesProperties {
  private static final BigInteger WORD = BigInteger.ONE.shiftLeft(64);

  /** The definition in the Javadoc, computed with whole numbers and a modulus. */
  private static byte[] byDefinition(int length) {
    byte[] bytes = new byte[length];
    BigInteger seed = new BigInteger("746170737461636b", 16);
    BigInteger gamma = new BigInteger("9e3779b97f4a7c15", 16);
    for (int n = 0; n < length; n++) {
      BigInteger z = seed.add(gamma.multiply(BigInteger.valueOf(n / 8 + 1))).mod(WORD);
      z = z.xor(z.shiftRight(30)).multiply(new BigInteger("bf58476d1ce4e5b9", 16)).mod(WORD);
      z = z.xor(z.shiftRight(27)).multiply(new BigInteger("94d049bb133111eb", 16)).mod(WORD);
      z = z.xor(z.shiftRight(31));
      bytes[n] = z.shiftRight(n % 8 * 8).byteValue();
    }
    return bytes;
  }

  @Property(tries = 200)
  void anyWayOfReadingGivesTheSequenceOfTheDefinition(
      @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 0, max = 70) Integer> reads) {
    int total = reads.stream().mapToInt(n -> n).sum();
    byte[] read = new byte[total + 2];
    PseudoRandomBytes source = new PseudoRandomBytes();
    int at = 1;
    for (int length : reads) {
      source.fill(read, at, length);
      at += length;
    }
    assertThat(Arrays.copyOfRange(read, 1, total + 1)).isEqualTo(byDefinition(total));
    assertThat(read[0]).isZero();
    assertThat(read[total + 1]).isZero();
  }

  @Example
  void theSeedSpellsTapstack() {
    assertThat(Long.toHexString(PseudoRandomBytes.SEED)).isEqualTo("746170737461636b");
    assertThat(new String(BigInteger.valueOf(PseudoRandomBytes.SEED).toByteArray()))
        .isEqualTo("tapstack");
  }
}
