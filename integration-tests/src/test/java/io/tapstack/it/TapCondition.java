package io.tapstack.it;

import io.tapstack.tap.HostInterface;
import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Decides for {@link RequiresTap}, by opening a device. */
final class TapCondition implements ExecutionCondition, BeforeAllCallback {
  /** "true", or why there is no namespace; absent where the launcher script was not used. */
  static final String NAMESPACE = "tapstack.netns";

  private final @Nullable String namespace;
  private final boolean mandatory;

  TapCondition() {
    this(System.getProperty(NAMESPACE), "true".equals(System.getenv("CI")));
  }

  TapCondition(@Nullable String namespace, boolean mandatory) {
    this.namespace = namespace;
    this.mandatory = mandatory;
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return decide(obstacle(context));
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    insist(obstacle(context));
  }

  /** Skips where something is missing, unless {@link #insist} is going to fail over it. */
  ConditionEvaluationResult decide(Optional<String> obstacle) {
    return obstacle.isEmpty() || mandatory
        ? ConditionEvaluationResult.enabled("TAP tests can, or must, run here")
        : ConditionEvaluationResult.disabled("TAP tests cannot run here: " + obstacle.get());
  }

  void insist(Optional<String> obstacle) {
    if (obstacle.isPresent()) {
      throw new IllegalStateException(
          "TAP tests must run where CI=true, and cannot: " + obstacle.get());
    }
  }

  /** Looks once per run, and says on the console what was found missing: Surefire would not. */
  private Optional<String> obstacle(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(TapCondition.class))
        .getOrComputeIfAbsent(NAMESPACE, key -> look(), Found.class)
        .obstacle();
  }

  private Found look() {
    Optional<String> obstacle = Optional.ofNullable(missing());
    if (obstacle.isPresent() && !mandatory) {
      System.out.println("TAP tests are skipped: " + obstacle.get());
    }
    return new Found(obstacle);
  }

  private record Found(Optional<String> obstacle) {}

  /** What stands in the way of TAP tests and what to do about it, or null if nothing does. */
  @Nullable String missing() {
    if (namespace == null) {
      return "this JVM was not started in a network namespace made for the tests, and they touch no"
          + " other; run them with \"mvn verify\" on Linux";
    }
    if (!namespace.equals("true")) {
      return "no network namespace can be made ("
          + namespace
          + "); run as root, or allow user namespaces (sysctl kernel.unprivileged_userns_clone=1,"
          + " kernel.apparmor_restrict_unprivileged_userns=0)";
    }
    try (TapDevice device = TapDevice.open("tapprobe%d");
        HostInterface host = HostInterface.of(device.name())) {
      host.up();
      loopbackUp();
      return null;
    } catch (TapException e) {
      return e.getMessage();
    }
  }

  /** The namespace is ours: loopback stays up until it ends, and so the interface is not closed. */
  @SuppressWarnings("resource")
  private static void loopbackUp() throws TapException {
    HostInterface loopback = HostInterface.of("lo");
    if (!loopback.isUp()) {
      loopback.up();
    }
  }
}
