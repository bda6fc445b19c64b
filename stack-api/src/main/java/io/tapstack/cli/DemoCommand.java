package io.tapstack.cli;

import io.tapstack.tap.TapException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tapstack demo}: the stack against the kernel's, both ways, on a real TAP device. Who may
 * not open one gets it in a user and network namespace of their own, and where even that is
 * forbidden, two stacks over a simulated wire.
 */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Show the stack at work against Linux's own, then serve until stopped.")
final class DemoCommand implements Callable<Integer> {
  private static final String IN_NAMESPACE = "--in-namespace";
  private static final String AGAIN = "--again";

  @Mixin private NetworkOptions network = new NetworkOptions();

  @Spec private @Nullable CommandSpec spec;

  @Option(names = "--once", description = "End after the proof instead of serving.")
  private boolean once;

  @Option(
      names = "--bytes",
      paramLabel = "N",
      converter = Amount.Bytes.class,
      defaultValue = "50M",
      description = "How much each download fetches (default: ${DEFAULT-VALUE}).")
  private long bytes = 50_000_000;

  @Option(names = IN_NAMESPACE, hidden = true)
  private boolean inNamespace;

  @Option(names = AGAIN, hidden = true)
  private boolean again;

  DemoCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    network.check();
    AddressPair.of(network);
    if (!again && KernelIpv6.isAsleep()) {
      return afterLoopbackIsUp();
    }
    try (Demo demo = Demo.open(network, inNamespace)) {
      return demo.run(bytes, once);
    } catch (TapException e) {
      return switch (e.reason()) {
        case NO_PERMISSION, NODE_MISSING, UNSUPPORTED -> elsewhere(e);
        default -> throw e;
      };
    }
  }

  /**
   * In a new namespace the demo begins again once the loopback interface is up, because a JVM that
   * begins without any IPv6 address does without IPv6.
   */
  private int afterLoopbackIsUp() throws IOException, InterruptedException {
    try {
      KernelIpv6.wake();
    } catch (TapException e) {
      return elsewhere(e);
    }
    return JavaProcess.run(JavaProcess.commandLine(argumentsAnd(AGAIN)));
  }

  private int elsewhere(TapException missing) throws IOException, InterruptedException {
    System.out.println("The TAP device cannot be had here: " + missing.getMessage() + ".");
    String obstacle = "this process is in a namespace of its own already";
    if (!inNamespace) {
      obstacle = Namespace.obstacle();
      if (obstacle == null) {
        System.out.println("So the demo runs in a user and network namespace of its own.");
        System.out.flush();
        return Namespace.run(JavaProcess.commandLine(argumentsAnd(IN_NAMESPACE)));
      }
    }
    System.out.println("Nor can it in a namespace of its own: " + obstacle + ".");
    System.out.println("So here are two stacks over a simulated wire instead.");
    System.out.flush();
    return Simulation.demo(network, bytes).run();
  }

  /** The arguments of this process and one more. */
  private List<String> argumentsAnd(String more) {
    if (spec == null) {
      throw new IllegalStateException("made by picocli, or not at all");
    }
    CommandSpec root = spec.root();
    List<String> arguments = new ArrayList<>(root.commandLine().getParseResult().originalArgs());
    arguments.add(more);
    return arguments;
  }
}
