package io.tapstack.cli.service;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Serves the connections of one port: a thread that accepts, and one per connection.
 *
 * <p>Connections above the limit wait unaccepted in the listener's backlog, whose own limit is the
 * stack's. A connection that fails is closed and counted, and disturbs no other.
 */
public final class TcpServer implements AutoCloseable {
  private final String name;
  private final TcpListener listener;
  private final TcpService service;
  private final Semaphore room;
  private final Set<ByteStream> open = ConcurrentHashMap.newKeySet();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicLong served = new AtomicLong();
  private final AtomicLong broken = new AtomicLong();
  private final Thread acceptor;
  private volatile boolean closed;

  private TcpServer(String name, TcpListener listener, TcpService service, int limit) {
    this.name = name;
    this.listener = listener;
    this.service = service;
    this.room = new Semaphore(limit);
    this.acceptor = new Thread(this::acceptAll, "tapstack-" + name);
  }

  /**
   * Starts to serve.
   *
   * @param name what the threads are called after
   * @param listener where connections come from; closed by {@link #close}
   * @param service what is done with them
   * @param limit how many are served at once
   */
  public static TcpServer start(String name, TcpListener listener, TcpService service, int limit) {
    TcpServer server = new TcpServer(name, listener, service, limit);
    server.acceptor.setDaemon(true);
    server.acceptor.start();
    return server;
  }

  /** How many connections are being served. */
  public int connections() {
    return open.size();
  }

  /** How many connections have ended in order. */
  public long served() {
    return served.get();
  }

  /** How many connections ended because the peer broke or let them time out. */
  public long broken() {
    return broken.get();
  }

  private void acceptAll() {
    try {
      while (!closed) {
        room.acquire();
        ByteStream stream = listener.accept();
        Thread thread = new Thread(() -> serve(stream), "tapstack-" + name + "-" + stream.peer());
        thread.setDaemon(true);
        open.add(stream);
        threads.add(thread);
        thread.start();
        if (closed) {
          stream.close();
        }
      }
    } catch (IOException e) {
      if (!closed) {
        System.err.println("tapstack: " + name + " takes no more connections: " + e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(ByteStream stream) {
    try (stream) {
      service.serve(stream);
      served.incrementAndGet();
    } catch (IOException e) {
      broken.incrementAndGet();
    } finally {
      open.remove(stream);
      threads.remove(Thread.currentThread());
      room.release();
    }
  }

  /** Stops to listen, closes the connections that are open, and waits until their threads end. */
  @Override
  public void close() throws IOException {
    closed = true;
    acceptor.interrupt();
    listener.close();
    for (ByteStream stream : open) {
      stream.close();
    }
    try {
      acceptor.join();
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
