package io.tapstack.stack;

import io.tapstack.base.StackTime;
import io.tapstack.base.TimerWheel;
import io.tapstack.ip.Ip;
import io.tapstack.ip.IpInterface;
import io.tapstack.link.Link;
import io.tapstack.link.Packet;
import io.tapstack.link.PacketPool;
import io.tapstack.tcp.Tcp;
import io.tapstack.udp.Udp;
import io.tapstack.wire.IpProtocol;
import java.util.random.RandomGenerator;

/**
 * A TCP/IP stack as a function of frames, calls and time.
 *
 * <p>A turn is: {@link #advance} to the present, any number of {@link #receive}s and application
 * calls, then {@link #poll}, which fires what is due; and again no later than {@link
 * #nextDeadline}.
 *
 * <p>Thread: one at a time, whoever owns the stack. Only the reading and writing of a connection's
 * bytes may happen elsewhere.
 */
public final class NetworkStack {
  private final StackTime time;
  private final TimerWheel wheel;
  private final PacketPool pool;
  private final Ip ip;
  private final Udp udp;
  private final Tcp tcp;

  /**
   * Creates a stack without interfaces.
   *
   * @param random where secrets, ports and identifiers come from; a strong generator where peers
   *     are not trusted, a seeded one where a run must repeat
   * @param now the present, in nanoseconds of the clock that will drive the stack
   */
  public NetworkStack(StackConfig config, RandomGenerator random, long now) {
    time = new StackTime(now);
    wheel = new TimerWheel(now);
    pool = new PacketPool(config.packets(), config.packetSize());
    ip = new Ip(time, wheel, pool, random);
    udp = new Udp(ip, pool, random);
    ip.register(IpProtocol.UDP, udp);
    tcp = new Tcp(config.tcp(), ip, pool, wheel, time, random);
  }

  /** Adds an interface over a link; it has no address yet. */
  public IpInterface attach(Link link) {
    return ip.attach(link);
  }

  /** Takes a frame that came in over an interface, from its Ethernet header on, and owns it. */
  public void receive(IpInterface iface, Packet frame) {
    ip.receive(iface, frame);
  }

  /**
   * Reads frames from an interface's link and receives them.
   *
   * @param budget how many at most
   * @return how many there were; less than the budget means that the link is drained or the packet
   *     pool is empty
   */
  public int pump(IpInterface iface, int budget) {
    Link link = iface.link();
    int count = 0;
    while (count < budget) {
      Packet frame = pool.acquire();
      if (frame == null) {
        break;
      }
      if (!link.receive(frame)) {
        frame.release();
        break;
      }
      ip.receive(iface, frame);
      count++;
    }
    return count;
  }

  /** Sets the present. Time never runs backwards. */
  public void advance(long now) {
    time.advance(now);
  }

  /**
   * Sets the present, delivers what the stack sent to itself and fires what is due.
   *
   * @return how many timers fired and whether packets were delivered, as an amount of work
   */
  public int poll(long now) {
    time.advance(now);
    int work = wheel.advance(time.now());
    while (ip.deliverLooped()) {
      work++;
    }
    return work;
  }

  /** When {@link #poll} must be called at the latest, or {@link TimerWheel#NONE}. */
  public long nextDeadline() {
    return ip.hasLooped() ? time.now() : wheel.nextDeadline();
  }

  /** How many timers are scheduled. */
  public int timers() {
    return wheel.size();
  }

  public StackTime time() {
    return time;
  }

  public PacketPool pool() {
    return pool;
  }

  public Ip ip() {
    return ip;
  }

  public Udp udp() {
    return udp;
  }

  public Tcp tcp() {
    return tcp;
  }
}
