package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.Packet;
import io.tapstack.wire.Bytes;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * Reassembly against a naive model: per datagram an array of bytes, a mark for each byte that came,
 * and the set of fragments seen.
 */
class ReassemblyProperties {
  private static final int PROTOCOL = 200;

  /** One piece as it is sent. */
  private record Piece(int id, int offset, boolean more, Bytes data) {
    int end() {
      return offset + data.length();
    }
  }

  /** A datagram as the textbook has it. */
  private static final class Model {
    private final byte[] bytes = new byte[1 << 17];
    private final boolean[] here = new boolean[1 << 17];
    private final Set<Piece> seen = new HashSet<>();
    private int length = -1;
    private boolean isVoid;

    /** Takes a piece; the whole datagram if this was the last one missing, else null. */
    Bytes add(Piece piece) {
      if (isVoid || seen.contains(piece)) {
        return null;
      }
      int end = piece.offset + piece.data.length();
      for (int i = piece.offset; i < end; i++) {
        isVoid |= here[i];
        here[i] = true;
        bytes[i] = (byte) piece.data.at(i - piece.offset);
      }
      isVoid |= !piece.more && length >= 0 && length != end;
      if (!piece.more) {
        length = end;
      }
      int last = bytes.length - 1;
      while (last >= 0 && !here[last]) {
        last--;
      }
      boolean endsWithMore = seen.stream().anyMatch(p -> p.more && p.end() == length);
      endsWithMore |= piece.more && end == length;
      isVoid |= length >= 0 && (last >= length || endsWithMore);
      seen.add(piece);
      if (isVoid || length < 0) {
        return null;
      }
      for (int i = 0; i < length; i++) {
        if (!here[i]) {
          return null;
        }
      }
      return Bytes.of(Arrays.copyOf(bytes, length));
    }
  }

  private static TestHost host(Fragments.Collector collector) {
    TestHost host = new TestHost(1, 2048, 2048);
    host.iface.addAddress(Fragments.V4.us, 24);
    host.iface.addAddress(Fragments.V6.us, 64);
    host.meets(Fragments.V4.peer, TestHost.PEER_MAC);
    host.meets(Fragments.V6.peer, TestHost.PEER_MAC);
    host.ip.register(PROTOCOL, collector);
    return host;
  }

  private static void settles(TestHost host) {
    assertThat(host.pool.outstanding())
        .isEqualTo(host.ip.heldFragments() + host.iface.neighbours().waiting());
    host.after(80);
    assertThat(host.ip.partialDatagrams()).isZero();
    host.hasAllPacketsBack();
    assertThat(host.timers.size()).isZero();
  }

  @Property(tries = 400)
  void doesWhatTheTextbookDoes(
      @ForAll long seed, @ForAll Fragments v, @ForAll @IntRange(min = 1, max = 4) int datagrams) {
    Random random = new Random(seed);
    List<Piece> pieces = new ArrayList<>();
    for (int id = 0; id < datagrams; id++) {
      Bytes message = Bytes.pattern(random.nextInt(1000), 9 + random.nextInt(4000));
      pieces.addAll(cut(random, id, message));
    }
    mishap(random, pieces);

    Fragments.Collector collector = new Fragments.Collector();
    TestHost host = host(collector);
    Map<Integer, Model> models = new HashMap<>();
    List<Bytes> expected = new ArrayList<>();
    for (Piece piece : pieces) {
      Bytes whole = models.computeIfAbsent(piece.id, id -> new Model()).add(piece);
      if (whole != null) {
        expected.add(whole);
        models.remove(piece.id); // what comes now begins another datagram
      }
      host.receives(v.fragment(PROTOCOL, piece.id, piece.offset, piece.more, piece.data));
      assertThat(collector.received).isEqualTo(expected);
    }
    assertThat(host.ip.partialDatagrams()).isEqualTo(models.size());
    settles(host);
  }

  private static List<Piece> cut(Random random, int id, Bytes message) {
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    while (at < message.length()) {
      int most = at == 0 ? message.length() - 1 : message.length(); // or it would be whole
      int end = Math.min(message.length(), at + 8 * (1 + random.nextInt(100)));
      if (end >= most && at == 0) {
        end = 8;
      }
      pieces.add(new Piece(id, at, end < message.length(), message.slice(at, end)));
      at = end;
    }
    return pieces;
  }

  /** What happens under way: order, loss, duplicates, pieces cut anew, and lies. */
  private static void mishap(Random random, List<Piece> pieces) {
    if (random.nextBoolean()) {
      Collections.shuffle(pieces, random);
    }
    int accidents = random.nextInt(4);
    for (int i = 0; i < accidents; i++) {
      Piece victim = pieces.get(random.nextInt(pieces.size()));
      int where = random.nextInt(pieces.size() + 1);
      switch (random.nextInt(4)) {
        case 0 -> {
          if (pieces.size() > 1) {
            pieces.remove(victim);
          }
        }
        case 1 -> pieces.add(where, victim);
        case 2 -> { // another cut of the same run
          int shift = 8 * (random.nextInt(5) - 2);
          int offset = Math.max(victim.more ? 0 : 8, victim.offset + shift);
          pieces.add(where, new Piece(victim.id, offset, victim.more, victim.data));
        }
        default -> { // other bytes
          byte[] data = victim.data.toArray();
          data[random.nextInt(data.length)] ^= 1;
          pieces.add(where, new Piece(victim.id, victim.offset, victim.more, Bytes.of(data)));
        }
      }
    }
  }

  @Property(tries = 300)
  void nothingThrowsWhateverTheFieldsSay(@ForAll long seed, @ForAll Fragments v) {
    Random random = new Random(seed);
    Fragments.Collector collector = new Fragments.Collector();
    TestHost host = host(collector);
    for (int i = 0; i < 300; i++) {
      int offset = random.nextBoolean() ? 8 * random.nextInt(8) : 8 * random.nextInt(8192);
      Bytes data = Bytes.pattern(random.nextInt(256), random.nextInt(random.nextInt(2) * 1400 + 9));
      int protocol = random.nextBoolean() ? PROTOCOL : random.nextInt(256);
      IpAddress from = new IpAddress(v.peer.high(), v.peer.low() + random.nextInt(2) * 9);
      int id = random.nextInt(3);
      boolean more = random.nextBoolean();
      host.receives(v.fragment(from, random.nextInt(256), protocol, id, offset, more, data));
      if (random.nextInt(50) == 0) {
        host.after(random.nextInt(90));
      }
      assertThat(host.ip.heldFragments()).isLessThanOrEqualTo(2048 / 8);
    }
    settles(host);
  }

  /** What is cut is put together: by ourselves, whose rules are the same. */
  @Property(tries = 100)
  void whatIsCutIsPutTogether(
      @ForAll long seed,
      @ForAll Fragments v,
      @ForAll @IntRange(min = 1461, max = 65_515) int length,
      @ForAll @IntRange(min = 1280, max = 1500) int mtu) {
    Fragments.Collector collector = new Fragments.Collector();
    TestHost host = host(collector);
    host.wire.mtu = mtu;
    Bytes message = Bytes.pattern(seed & 0xff, length);
    Packet packet = host.ip.packets().acquire(length);
    packet.end = message.write(packet.buffer, packet.start);
    host.ip.send(packet, v.us.high(), v.us.low(), v.peer.high(), v.peer.low(), PROTOCOL, 0, 64);
    packet.release();
    List<Fragments.Seen> fragments = new ArrayList<>();
    host.wire.sent.forEach(frame -> fragments.add(v.read(frame)));
    host.wire.sent.clear();
    Collections.shuffle(fragments, new Random(seed));
    for (Fragments.Seen f : fragments) {
      host.receives(v.fragment(f.protocol(), f.id(), f.offset(), f.more(), f.data()));
    }
    assertThat(collector.received).containsExactly(message);
    settles(host);
  }
}
