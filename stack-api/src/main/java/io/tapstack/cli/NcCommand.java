package io.tapstack.cli;

import io.tapstack.cli.service.ByteStream;
import io.tapstack.cli.service.DatagramPort;
import io.tapstack.cli.service.TcpListener;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code tapstack nc}: standard input to a peer, the peer to standard output. */
@Command(
    name = "nc",
    mixinStandardHelpOptions = true,
    customSynopsis = {"tapstack nc [-u] [OPTIONS] HOST PORT", "tapstack nc -l [-u] [OPTIONS] PORT"},
    description = "Connect standard input and output with a peer; ends when the peer has ended.")
final class NcCommand implements Callable<Integer> {
  @Mixin private NetworkOptions network = new NetworkOptions();
  @Mixin private TimeoutOption timeout = new TimeoutOption();

  @Option(
      names = {"-l", "--listen"},
      description = "Wait for a peer at PORT instead of connecting to one.")
  private boolean listen;

  @Option(
      names = {"-u", "--udp"},
      description =
          "UDP: each read of standard input is a datagram; ends when standard input has"
              + " ended and the peer was silent for --timeout.")
  private boolean udp;

  @Parameters(
      arity = "1..2",
      paramLabel = "HOST PORT",
      description = "The peer's address and port; with -l, only the own port.")
  private List<String> parameters = new ArrayList<>();

  NcCommand() {}

  @Override
  public Integer call() throws IOException {
    network.check();
    if (parameters.size() != (listen ? 1 : 2)) {
      throw network.wrong(
          listen ? "with -l there is a PORT and nothing else" : "expected HOST and PORT");
    }
    int port = port(parameters.get(parameters.size() - 1));
    IpAddress host = listen ? IpAddress.ANY_V6 : host(parameters.get(0));
    try (Network stack = StackNetwork.open(network)) {
      if (udp) {
        datagrams(stack, host, port);
      } else if (listen) {
        try (TcpListener listener = stack.listen(port, 0);
            ByteStream stream = listener.accept()) {
          stream(stream);
        }
      } else {
        try (ByteStream stream = stack.connect(host, port, timeout.millis(), 0)) {
          stream(stream);
        }
      }
    }
    return 0;
  }

  private int port(String text) {
    if (!text.matches("[0-9]{1,5}")
        || Integer.parseInt(text) < 1
        || Integer.parseInt(text) > 65535) {
      throw network.wrong("\"" + text + "\" is not a port; expected a number from 1 to 65535");
    }
    return Integer.parseInt(text);
  }

  private IpAddress host(String text) {
    try {
      return new AddressConverter().convert(text);
    } catch (TypeConversionException e) {
      throw network.wrong(e.getMessage());
    }
  }

  private static void stream(ByteStream stream) throws IOException {
    Thread sender = new Thread(() -> send(stream), "tapstack-stdin");
    sender.setDaemon(true);
    sender.start();
    byte[] buffer = new byte[64 * 1024];
    for (int n; (n = stream.read(buffer, 0, buffer.length)) >= 0; ) {
      System.out.write(buffer, 0, n);
      System.out.flush();
    }
  }

  private static void send(ByteStream stream) {
    byte[] buffer = new byte[64 * 1024];
    int n = 0;
    while (n >= 0) {
      try {
        n = System.in.read(buffer);
      } catch (IOException e) {
        System.err.println("tapstack nc: standard input cannot be read: " + e.getMessage());
        n = -1;
      }
      try {
        if (n >= 0) {
          stream.write(buffer, 0, n);
        } else {
          stream.finishOutput();
        }
      } catch (IOException e) {
        // The connection has ended: whoever reads from it learns how, and is the one to report it.
        return;
      }
    }
  }

  private void datagrams(Network stack, IpAddress host, int port) throws IOException {
    try (DatagramPort socket = stack.datagrams(listen ? port : 0, timeout.millis())) {
      byte[] buffer = new byte[65_507];
      Peer peer = new Peer(socket, host, port);
      Thread sender = new Thread(() -> peer.sendAll(network.mtu()), "tapstack-stdin");
      sender.setDaemon(true);
      if (!listen) {
        sender.start();
      }
      while (true) {
        try {
          int n = socket.receive(buffer);
          if (listen && !peer.known()) {
            peer.is(socket.sender(), socket.senderPort());
            sender.start();
          }
          if (peer.is(socket)) {
            System.out.write(buffer, 0, n);
            System.out.flush();
          }
        } catch (SocketTimeoutException e) {
          if (peer.known() && !sender.isAlive()) {
            return;
          }
        }
      }
    }
  }

  /** The peer of a UDP exchange; the sender of the first datagram where nobody named one. */
  private static final class Peer {
    private final DatagramPort socket;
    private volatile IpAddress address;
    private volatile int port;

    Peer(DatagramPort socket, IpAddress address, int port) {
      this.socket = socket;
      this.address = address;
      this.port = port;
    }

    boolean known() {
      return !address.isAny();
    }

    void is(IpAddress sender, int senderPort) {
      port = senderPort;
      address = sender;
    }

    boolean is(DatagramPort socket) {
      return socket.sender().equals(address) && socket.senderPort() == port;
    }

    void sendAll(int mtu) {
      // A datagram that needs no fragments: the MTU less the headers of IP and UDP.
      byte[] buffer = new byte[Math.min(65_507, mtu - (address.isV4() ? 28 : 48))];
      try {
        for (int n; (n = System.in.read(buffer)) >= 0; ) {
          socket.send(buffer, 0, n, address, port);
        }
      } catch (IOException e) {
        System.err.println("tapstack nc: sending ended: " + e.getMessage());
      }
    }
  }
}
