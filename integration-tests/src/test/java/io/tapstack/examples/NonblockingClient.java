package io.tapstack.examples;

import static io.tapstack.socket.NsapiError.ALREADY;
import static io.tapstack.socket.NsapiError.IN_PROGRESS;
import static io.tapstack.socket.NsapiError.WOULD_BLOCK;

import io.tapstack.socket.EthernetInterface;
import io.tapstack.socket.NetworkInterface;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.TCPSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

/**
 * The nonblocking program of Mbed's documents ("Network socket overview"): a state machine that the
 * socket's sigio drives through an event queue. It is carried over to the letter, without the break
 * that its outer switch lacks: every pass through CONNECTING falls into SEND, so the request is
 * sent while the connection is still being made, and the stack queues it.
 */
final class NonblockingClient {
  private enum State {
    CONNECTING,
    SEND,
    RECEIVE,
    CLOSE
  }

  private static final byte[] QUERY = "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final TCPSocket socket;
  private final String host;
  private final int port;
  private final CountDownLatch completed;
  private final byte[] buffer = new byte[4096];
  private volatile int received;
  private State nextState = State.CONNECTING;

  private NonblockingClient(TCPSocket socket, String host, int port, CountDownLatch completed) {
    this.socket = socket;
    this.host = host;
    this.port = port;
    this.completed = completed;
  }

  private int sendQuery() {
    return socket.send(QUERY);
  }

  private int receiveData() {
    // Simplified as in the documents: does not properly handle streaming
    int n = socket.recv(buffer);
    received = Math.max(received, n);
    return n;
  }

  @SuppressWarnings("fallthrough") // as in the documents
  private void handleSocketSigio() {
    switch (nextState) {
      case CONNECTING:
        switch (socket.connect(host, port)) {
          case IN_PROGRESS:
            // Connecting to server
            break;
          case ALREADY:
            // Now connected to server
            nextState = State.SEND;
            break;
          default:
            // Error in connection phase
            nextState = State.CLOSE;
        }
      // falls through
      case SEND:
        if (sendQuery() > 0) {
          nextState = State.RECEIVE;
        } else {
          nextState = State.CLOSE; // Error
        }
        break;
      case RECEIVE:
        if (receiveData() == WOULD_BLOCK) {
          break;
        }
        nextState = State.CLOSE;
        break;
      case CLOSE:
        socket.close();
        completed.countDown(); // Signal the main thread
        break;
    }
  }

  /** Fetches from {@code 10.77.0.1} over {@code tap0}. */
  public static void main(String[] arguments) throws InterruptedException {
    try (EthernetInterface net = new EthernetInterface()) {
      net.setNetwork("10.77.0.2", "255.255.255.0", "10.77.0.1");
      NsapiError.check(net.connect(), "connecting the interface");
      System.out.println(run(net, "10.77.0.1", 80));
    }
  }

  /** The program; {@code net} is connected. Returns what was received. */
  static String run(NetworkInterface net, String host, int port) throws InterruptedException {
    TCPSocket socket = new TCPSocket();
    socket.open(net);
    CountDownLatch completed = new CountDownLatch(1);
    try (EventQueue queue = new EventQueue()) {
      NonblockingClient client = new NonblockingClient(socket, host, port, completed);
      Runnable handler = queue.event(client::handleSocketSigio);
      socket.setBlocking(false);
      socket.sigio(handler);
      handler.run(); // Kick the state machine to start connecting
      completed.await();
      return new String(client.buffer, 0, client.received, StandardCharsets.US_ASCII);
    }
  }
}
