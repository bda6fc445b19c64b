package io.tapstack.examples;

import io.tapstack.socket.*;

public class Hello {
  public static void main(String[] arguments) {
    var net = new EthernetInterface(TapOptions.named("tap0").hostAddress("10.77.0.1/24"));
    net.setNetwork("10.77.0.2/24", null);
    NsapiError.check(net.connect(), "opening tap0");
    var listener = new TCPSocket();
    listener.open(net);
    NsapiError.check(listener.bind(80), "binding to port 80");
    NsapiError.check(listener.listen(8), "listening");
    for (TCPSocket peer; (peer = listener.accept()) != null; peer.close()) {
      peer.recv(new byte[4096]);
      peer.send("HTTP/1.0 200 OK\r\n\r\nHello from a stack in Java\n".getBytes());
    }
  }
}
