package io.tapstack.it.relay;

import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.wire.EthernetFrame;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpPacket;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Segments;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends SYNs into a link at a steady rate, each from a random address of 198.18.0.0/15 (RFC 2544)
 * and a random port: one frame, changed in place, so that it costs the machine little.
 */
final class SynFlooder {
  private static final int IP = EthernetHeader.LENGTH;
  private static final int TCP = IP + 20;
  private static final int NETWORK = 198 << 24 | 18 << 16;
  private static final long TICK = 1_000_000;

  private final Link link;
  private final IpAddress target;
  private final int perSecond;
  private final Packet frame = Objects.requireNonNull(new PacketPool(1, 2048).acquire());
  private final SplittableRandom random = new SplittableRandom(1);
  private final Thread thread = new Thread(this::run, "flooder");
  private final long start;
  private volatile boolean stopping;
  private volatile long sent;
  private volatile long stopped;

  /**
   * Begins.
   *
   * @param targetMac of the one that is flooded
   */
  SynFlooder(Link link, long targetMac, IpAddress target, int port, int perSecond) {
    this.link = link;
    this.target = target;
    this.perSecond = perSecond;
    EthernetFrame syn =
        new EthernetFrame(
            targetMac,
            link.mac(),
            IpPacket.of(IpAddress.ofV4(NETWORK), target, Segments.syn().ports(0, port).mss(1460)));
    syn.write(frame.buffer, frame.start);
    frame.end = frame.start + syn.length();
    start = System.nanoTime();
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long count = 0;
    while (!stopping) {
      long due = (System.nanoTime() - start) / 1000 * perSecond / 1_000_000;
      for (; count < due && !stopping; count++) {
        change();
        link.transmit(frame);
      }
      sent = count;
      LockSupport.parkNanos(TICK);
    }
    stopped = System.nanoTime();
  }

  private void change() {
    ByteBuffer bytes = frame.buffer;
    int ip = frame.start + IP;
    int tcp = frame.start + TCP;
    int source = NETWORK | random.nextInt(1 << 17);
    bytes.putInt(ip + 12, source);
    bytes.putShort(ip + 10, (short) 0);
    bytes.putShort(
        ip + 10, (short) InternetChecksum.finish(InternetChecksum.add(0, bytes, ip, 20)));
    bytes.putShort(tcp, (short) (1024 + random.nextInt(64_000)));
    bytes.putInt(tcp + 4, random.nextInt());
    bytes.putShort(tcp + 16, (short) 0);
    int length = frame.end - tcp;
    long pseudo =
        InternetChecksum.pseudoHeader(
            0, IpAddress.mapped(source), target.high(), target.low(), IpProtocol.TCP, length);
    bytes.putShort(
        tcp + 16,
        (short) InternetChecksum.finish(InternetChecksum.add(pseudo, bytes, tcp, length)));
  }

  /** How many SYNs a second there were; once it is stopped. */
  double rate() {
    return sent / ((stopped - start) / 1e9);
  }

  /** Stops the flood. */
  void stop() throws InterruptedException {
    stopping = true;
    thread.join();
  }
}
