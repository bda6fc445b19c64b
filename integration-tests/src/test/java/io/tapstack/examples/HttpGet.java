package io.tapstack.examples;

import io.tapstack.socket.EthernetInterface;
import io.tapstack.socket.NetworkInterface;
import io.tapstack.socket.NsapiError;
import io.tapstack.socket.SocketAddress;
import io.tapstack.socket.TCPSocket;
import java.nio.charset.StandardCharsets;

/**
 * Mbed's introductory program (mbed-os-example-sockets): connect the interface, print its
 * addresses, open a socket, send an HTTP request, print the status line of the answer.
 */
final class HttpGet {
  private HttpGet() {}

  /** Fetches {@code http://10.77.0.1/} over {@code tap0}, as the Linux side serves it. */
  public static void main(String[] arguments) {
    try (EthernetInterface net = new EthernetInterface()) {
      net.setNetwork("10.77.0.2", "255.255.255.0", "10.77.0.1");
      NsapiError.check(net.connect(), "connecting the interface");
      System.out.println(run(net, "10.77.0.1", 80));
    }
  }

  /** The program; {@code net} is connected. Returns what it prints in the end. */
  static String run(NetworkInterface net, String host, int port) {
    // Show the network address
    SocketAddress address = new SocketAddress();
    net.getIpAddress(address);
    System.out.println("IP address: " + address.getIpAddress());
    net.getNetmask(address);
    System.out.println("Netmask: " + address.getIpAddress());

    // Open a socket on the network interface, and create a TCP connection to the host
    TCPSocket socket = new TCPSocket();
    socket.open(net);
    NsapiError.check(net.gethostbyname(host, address), "resolving " + host);
    address.setPort(port);
    NsapiError.check(socket.connect(address), "connecting to " + address);

    // Send a simple HTTP request
    byte[] request =
        ("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    int sent = 0;
    while (sent < request.length) {
      sent += NsapiError.check(socket.send(request, sent, request.length - sent), "sending");
    }

    // Receive a simple HTTP response, until the buffer is full or the peer is done
    byte[] buffer = new byte[100];
    int received = 0;
    int n;
    while (received < buffer.length
        && (n = NsapiError.check(socket.recv(buffer, received, buffer.length - received))) > 0) {
      received += n;
    }
    String response = new String(buffer, 0, received, StandardCharsets.US_ASCII);

    // Close the socket to return its memory
    socket.close();
    int endOfLine = response.indexOf("\r\n");
    return endOfLine < 0 ? response : response.substring(0, endOfLine);
  }
}
