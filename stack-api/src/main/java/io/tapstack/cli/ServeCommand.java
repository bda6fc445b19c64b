package io.tapstack.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tapstack serve}: the standard services, until stopped. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Serve echo, discard, chargen, daytime, time and http until stopped.")
final class ServeCommand implements Callable<Integer> {
  @Mixin private NetworkOptions network = new NetworkOptions();

  @Option(
      names = "--services",
      paramLabel = "NAME,...",
      split = ",",
      description =
          "Which: echo, discard, chargen, daytime, time (TCP and UDP), http (default: all).")
  private List<String> services = new ArrayList<>();

  ServeCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    network.check();
    Set<Services.Name> names = names();
    StackNetwork stack = StackNetwork.open(network);
    Services running = Services.startOrClose(stack, names);
    try (Shutdown shutdown = Shutdown.closing(running, stack)) {
      System.out.println(
          "serving "
              + names.stream().map(Services.Name::text).collect(Collectors.joining(", "))
              + " at "
              + network.addresses().stream()
                  .map(a -> a.address().toString())
                  .collect(Collectors.joining(" and "))
              + " through "
              + network.tap()
              + "; Ctrl-C stops");
      System.out.flush();
      shutdown.await();
    }
    return 0;
  }

  private Set<Services.Name> names() {
    if (services.isEmpty()) {
      return EnumSet.allOf(Services.Name.class);
    }
    Set<Services.Name> names = EnumSet.noneOf(Services.Name.class);
    for (String service : services) {
      try {
        names.add(Services.Name.valueOf(service.strip().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw network.wrong(
            "--services \""
                + service
                + "\" is none; expected of echo, discard, chargen, daytime, time, http");
      }
    }
    return names;
  }
}
