package io.tapstack.cli;

import io.tapstack.cli.http.HttpService;
import io.tapstack.cli.http.HttpUrl;
import io.tapstack.cli.service.TcpListener;
import io.tapstack.cli.service.TcpServer;
import java.io.IOException;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;

/** The demo on a real TAP device: this stack on one side, the kernel's on the other. */
final class Demo implements AutoCloseable {
  private final NetworkOptions options;
  private final List<AddressPair> pairs;
  private final boolean inNamespace;
  private final Shutdown shutdown;
  private final StackNetwork stack;

  private Demo(
      NetworkOptions options,
      List<AddressPair> pairs,
      boolean inNamespace,
      StackNetwork stack,
      Services services) {
    this.options = options;
    this.pairs = pairs;
    this.inNamespace = inNamespace;
    this.stack = stack;
    this.shutdown = Shutdown.closing(services, stack);
  }

  /** Opens the device, configures both ends, and starts to serve. */
  static Demo open(NetworkOptions options, boolean inNamespace) throws IOException {
    List<AddressPair> pairs = AddressPair.of(options);
    if (options.hostAddresses().isEmpty() && !KernelIpv6.isEnabled()) {
      System.out.println("Linux has IPv6 switched off here, so it is IPv4 alone.");
      pairs = pairs.stream().filter(p -> p.host().address().isV4()).toList();
    }
    List<Prefix> hosts = pairs.stream().map(AddressPair::host).distinct().toList();
    StackNetwork stack = StackNetwork.open(options, hosts);
    Services services = Services.startOrClose(stack, EnumSet.allOf(Services.Name.class));
    return new Demo(options, pairs, inNamespace, stack, services);
  }

  /** Proves that both stacks understand each other, then serves until stopped. */
  int run(long bytes, boolean once) throws IOException, InterruptedException {
    System.out.println(
        options.tap()
            + ": Linux is "
            + join(pairs.stream().map(p -> p.host().address().toString()).toList())
            + ", Tapstack is "
            + join(pairs.stream().map(p -> p.stack().address().toString()).toList()));
    String expected = Transfer.expectedHash(bytes);
    for (AddressPair pair : pairs) {
      HttpUrl url = Transfer.url(pair.stack().address(), Services.Name.HTTP.port(), bytes);
      KernelNetwork kernel = new KernelNetwork(pair.host().address());
      System.out.println(
          Transfer.fetch(kernel, url, "Linux fetches from Tapstack, " + pair.version(), expected));
      TcpListener listener = kernel.listen(0, 60_000);
      HttpService service = new HttpService(() -> "Linux", Clock.systemUTC());
      TcpServer server = TcpServer.start("linux", listener, service, 4);
      try {
        url = Transfer.url(pair.host().address(), listener.port(), bytes);
        System.out.println(
            Transfer.fetch(stack, url, "Tapstack fetches from Linux, " + pair.version(), expected));
      } finally {
        server.close();
      }
    }
    System.out.println("The SHA-256 of all: " + expected);
    if (!once) {
      invite();
      shutdown.await();
    }
    return 0;
  }

  private void invite() {
    String enter =
        inNamespace
            ? "nsenter -t " + ProcessHandle.current().pid() + " -U -n --preserve-credentials "
            : "";
    System.out.println("It goes on serving. Try, in another terminal:");
    for (AddressPair pair : pairs) {
      String address = pair.stack().address().toString();
      String host = pair.stack().address().isV4() ? address : "'[" + address + "]'";
      System.out.println("  " + enter + "ping -c 3 " + address);
      System.out.println("  " + enter + "curl http://" + host + "/");
      System.out.println("  " + enter + "curl -o /dev/null http://" + host + "/bytes/1000000000");
      System.out.println("  " + enter + "curl -T FILE http://" + host + "/sink");
    }
    System.out.println("Ctrl-C stops it and takes the device away.");
    System.out.flush();
  }

  private static String join(List<String> words) {
    return words.stream().collect(Collectors.joining(" and "));
  }

  @Override
  public void close() {
    shutdown.close();
  }
}
