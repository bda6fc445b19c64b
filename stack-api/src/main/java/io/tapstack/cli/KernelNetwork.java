package io.tapstack.cli;

import io.tapstack.cli.service.ByteStream;
import io.tapstack.cli.service.DatagramPort;
import io.tapstack.cli.service.TcpListener;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The kernel's own TCP, through java.net: the demo's other side. */
final class KernelNetwork implements Network {
  private final IpAddress local;

  /**
   * The kernel as one address sees it.
   *
   * @param local where {@link #listen} listens
   */
  KernelNetwork(IpAddress local) {
    this.local = local;
  }

  @Override
  public ByteStream connect(IpAddress address, int port, int opening, int waiting)
      throws IOException {
    Socket socket = new Socket();
    try {
      InetAddress peer = InetAddress.getByAddress(address.toBytes());
      socket.connect(new InetSocketAddress(peer, port), opening);
      return new Stream(socket, waiting);
    } catch (IOException e) {
      socket.close();
      String what = "Linux cannot connect to " + Endpoint.text(address, port);
      throw new IOException(what + ": " + e.getMessage(), e);
    }
  }

  @Override
  public TcpListener listen(int port, int timeout) throws IOException {
    ServerSocket server = new ServerSocket(port, 128, InetAddress.getByAddress(local.toBytes()));
    return new TcpListener() {
      @Override
      public ByteStream accept() throws IOException {
        return new Stream(server.accept(), timeout);
      }

      @Override
      public int port() {
        return server.getLocalPort();
      }

      @Override
      public void close() throws IOException {
        server.close();
      }
    };
  }

  @Override
  public DatagramPort datagrams(int port, int timeout) throws IOException {
    throw new IOException("the kernel's UDP is not used by any command");
  }

  @Override
  public void close() {}

  /** A connection of the kernel's. */
  private static final class Stream implements ByteStream {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    Stream(Socket socket, int timeout) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(timeout);
      in = socket.getInputStream();
      out = socket.getOutputStream();
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      return in.read(to, offset, length);
    }

    @Override
    public int readNow(byte[] to, int offset, int length) throws IOException {
      int there = Math.min(in.available(), length);
      return there == 0 ? 0 : in.read(to, offset, there);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      out.write(from, offset, length);
    }

    @Override
    public void finishOutput() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }

    @Override
    public String peer() {
      return socket.getInetAddress().getHostAddress() + ":" + socket.getPort();
    }
  }
}
