package io.tapstack.cli.service;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Answers the datagrams of one port, on a thread of its own. */
public final class UdpServer implements AutoCloseable {
  /**
   * Ports whose datagrams get no answer: those of services that answer themselves, so that a forged
   * source cannot set two of them talking to each other without end.
   */
  private static final Set<Integer> ANSWERING = Set.of(0, 7, 13, 17, 19, 37);

  /** The longest payload of a UDP datagram. */
  private static final int LONGEST = 65_507;

  private final String name;
  private final DatagramPort port;
  private final UdpService service;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Thread thread;
  private volatile boolean closed;

  private UdpServer(String name, DatagramPort port, UdpService service) {
    this.name = name;
    this.port = port;
    this.service = service;
    this.thread = new Thread(this::run, "tapstack-udp-" + name);
  }

  /** Starts to serve. The port has no limit to its waiting, and is closed by {@link #close}. */
  public static UdpServer start(String name, DatagramPort port, UdpService service) {
    UdpServer server = new UdpServer(name, port, service);
    server.thread.setDaemon(true);
    server.thread.start();
    return server;
  }

  /** How many datagrams were answered. */
  public long answered() {
    return answered.get();
  }

  /** How many answers were not sent: their port looked like a service's, or the stack refused. */
  public long refused() {
    return refused.get();
  }

  private void run() {
    byte[] datagram = new byte[LONGEST];
    byte[] answer = new byte[LONGEST];
    while (!closed) {
      try {
        int length = port.receive(datagram);
        answer(datagram, length, answer);
      } catch (IOException e) {
        if (!closed) {
          System.err.println("tapstack: " + name + " takes no more datagrams: " + e.getMessage());
        }
        return;
      }
    }
  }

  private void answer(byte[] datagram, int length, byte[] answer) {
    if (ANSWERING.contains(port.senderPort()) || port.sender().isMulticast()) {
      refused.incrementAndGet();
      return;
    }
    int size = service.answer(datagram, length, answer);
    if (size == UdpService.SILENCE) {
      return;
    }
    try {
      port.send(answer, 0, size, port.sender(), port.senderPort());
      answered.incrementAndGet();
    } catch (IOException e) {
      // No route back to a forged sender, say: the next datagram's sender is another.
      refused.incrementAndGet();
    }
  }

  /** Closes the port and waits until its thread ends. */
  @Override
  public void close() {
    closed = true;
    port.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
