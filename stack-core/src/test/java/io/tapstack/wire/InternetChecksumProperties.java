package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The fast checksum held against the textbook loop of RFC 1071. */
class InternetChecksumProperties {

  @Property
  void agreesWithTheTextbook(
      @ForAll @Size(max = 300) byte[] bytes, @ForAll @IntRange(max = 20) int skipped) {
    int offset = Math.min(skipped, bytes.length);
    int length = bytes.length - offset;
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(0, bytes);

    int expected = InternetChecksum.textbook(direct, offset, length);

    assertThat(sum(direct, offset, length)).isEqualTo(expected);
    assertThat(sum(ByteBuffer.wrap(bytes), offset, length)).isEqualTo(expected);
    assertThat(InternetChecksum.finish(InternetChecksum.add(0, direct, offset, length)))
        .isEqualTo(~expected & 0xffff);
  }

  private static int sum(ByteBuffer buffer, int offset, int length) {
    return InternetChecksum.fold(InternetChecksum.add(0, buffer, offset, length));
  }

  @Property
  void partsAddUpToTheWhole(
      @ForAll @Size(max = 200) byte[] bytes,
      @ForAll @IntRange(max = 200) int first,
      @ForAll @IntRange(max = 200) int second) {
    int a = Math.min(Math.min(first, second), bytes.length);
    int b = Math.min(Math.max(first, second), bytes.length);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);

    // A part that starts on an odd offset of the whole contributes its sum with swapped bytes.
    long sum = InternetChecksum.add(0, buffer, 0, a);
    sum += part(buffer, a, b);
    sum += part(buffer, b, bytes.length);

    assertThat(InternetChecksum.fold(sum))
        .isEqualTo(InternetChecksum.textbook(buffer, 0, bytes.length));
  }

  private static long part(ByteBuffer buffer, int from, int to) {
    long sum = InternetChecksum.add(0, buffer, from, to - from);
    return (from & 1) == 0 ? sum : InternetChecksum.swapped(sum);
  }

  @Property
  void foldsAnySumToTheSameValueModuloOnes(@ForAll long seed) {
    long sum = seed & Long.MAX_VALUE;
    int folded = InternetChecksum.fold(sum);

    assertThat(folded).isBetween(0, 0xffff);
    assertThat(folded % 0xffff).isEqualTo((int) (sum % 0xffff));
    // Ones' complement has two zeros; only a sum of nothing may give the positive one.
    assertThat(folded == 0).isEqualTo(sum == 0);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void pseudoHeadersSumTheirWords(
      @ForAll int source,
      @ForAll int destination,
      @ForAll @IntRange(max = 255) int protocol,
      @ForAll @IntRange(max = 65_535) int length) {
    // RFC 9293 section 3.1: source, destination, zero, protocol, length.
    ByteBuffer pseudo = ByteBuffer.allocate(12);
    pseudo.putInt(0, source).putInt(4, destination);
    pseudo.put(9, (byte) protocol).putShort(10, (short) length);

    assertThat(
            InternetChecksum.fold(
                InternetChecksum.pseudoHeader(
                        0,
                        IpAddress.mapped(source),
                        0,
                        IpAddress.mapped(destination),
                        protocol,
                        length)
                    % 0xffff))
        .isEqualTo(InternetChecksum.textbook(pseudo, 0, 12) % 0xffff);
  }

  @Property
  void pseudoHeadersOfIpv6SumTheirWords(
      @ForAll @Size(32) byte[] addresses,
      @ForAll @IntRange(max = 255) int protocol,
      @ForAll @IntRange(max = 1 << 20) int length) {
    // RFC 8200 section 8.1: source, destination, length in 32 bits, zeros, next header.
    ByteBuffer pseudo = ByteBuffer.allocate(40);
    pseudo.put(0, addresses).put(0, (byte) 0x20);
    pseudo.putInt(32, length).putInt(36, protocol);

    long sum =
        InternetChecksum.pseudoHeader(
            pseudo.getLong(0),
            pseudo.getLong(8),
            pseudo.getLong(16),
            pseudo.getLong(24),
            protocol,
            length);

    assertThat(InternetChecksum.fold(sum)).isEqualTo(InternetChecksum.textbook(pseudo, 0, 40));
  }
}
