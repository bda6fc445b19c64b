package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.base.Result;
import io.tapstack.wire.IpAddress;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;

/** The route table against the longest prefix found by looking at every bit of every route. */
class RouteTableProperties {
  private static final IpInterface IFACE = TestHost.usual().iface;

  /** What is done to the table. */
  record Step(IpAddress network, int prefixLength, @Nullable IpAddress gateway, boolean remove) {}

  @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
  void findsTheLongestPrefix(
      @ForAll @Size(max = 30) List<@From("steps") Step> steps,
      @ForAll @Size(min = 1, max = 20) List<@From("addresses") IpAddress> destinations) {
    RouteTable table = new RouteTable();
    List<Step> model = new ArrayList<>();
    for (Step step : steps) {
      int same = -1;
      for (int i = 0; i < model.size(); i++) {
        Step other = model.get(i);
        if (other.prefixLength == step.prefixLength
            && other.network.isV4() == step.network.isV4()
            && matches(other, step.network)
            && Objects.equals(other.gateway, step.gateway)) {
          same = i;
        }
      }
      if (step.remove) {
        assertThat(table.remove(step.network, step.prefixLength, step.gateway, IFACE))
            .isEqualTo(same >= 0);
        if (same >= 0) {
          model.remove(same);
        }
      } else {
        assertThat(table.add(step.network, step.prefixLength, step.gateway, IFACE))
            .isEqualTo(Result.OK);
        if (same < 0) {
          model.add(step);
        }
      }
    }
    assertThat(table.routes()).hasSize(model.size());
    for (IpAddress destination : destinations) {
      Step best = null;
      for (Step step : model) {
        if (matches(step, destination) && (best == null || step.prefixLength > best.prefixLength)) {
          best = step;
        }
      }
      Route found = table.lookup(destination.high(), destination.low());
      if (best == null) {
        assertThat(found).isNull();
      } else {
        assertThat(found).isNotNull();
        assertThat(found.prefixLength()).isEqualTo(best.prefixLength);
        assertThat(found.gateway()).isEqualTo(best.gateway);
        assertThat(matches(best, found.network())).isTrue();
      }
    }
  }

  private static boolean matches(Step step, IpAddress address) {
    if (step.network.isV4() != address.isV4()) {
      return false;
    }
    int shift = address.bits() - step.prefixLength;
    return bits(step.network).shiftRight(shift).equals(bits(address).shiftRight(shift));
  }

  private static BigInteger bits(IpAddress address) {
    return new BigInteger(1, address.toBytes());
  }

  @Provide
  Arbitrary<Step> steps() {
    return addresses()
        .flatMap(
            network ->
                Combinators.combine(
                        Arbitraries.integers().between(0, network.bits()),
                        Arbitraries.of(gateways(network)).injectNull(0.3),
                        Arbitraries.of(false, false, true))
                    .as((length, gateway, remove) -> new Step(network, length, gateway, remove)));
  }

  private static List<IpAddress> gateways(IpAddress network) {
    return network.isV4()
        ? List.of(IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.3"))
        : List.of(IpAddress.parse("fd77::1"), IpAddress.parse("fe80::1"));
  }

  /** Few bits differ, so that prefixes of all lengths match now and then. */
  @Provide
  Arbitrary<IpAddress> addresses() {
    Arbitrary<IpAddress> v4 =
        Arbitraries.integers()
            .map(Integer::lowestOneBit)
            .map(bit -> IpAddress.ofV4(0x0a4d_0002 ^ bit));
    Arbitrary<IpAddress> v6 =
        Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
            .as(
                (high, low) ->
                    new IpAddress(
                        0xfd77L << 48 ^ Long.lowestOneBit(high),
                        2 ^ (high % 2 == 0 ? 0 : Long.lowestOneBit(low))));
    return Arbitraries.oneOf(v4, v6);
  }

  @Example
  void refusesWhatDoesNotFit() {
    RouteTable table = new RouteTable();
    IpAddress v4 = IpAddress.parse("10.0.0.0");
    IpAddress v6 = IpAddress.parse("fd77::");
    assertThat(table.add(v4, 33, null, IFACE)).isEqualTo(Result.INVALID);
    assertThat(table.add(v4, -1, null, IFACE)).isEqualTo(Result.INVALID);
    assertThat(table.add(v6, 129, null, IFACE)).isEqualTo(Result.INVALID);
    assertThat(table.add(v4, 8, v6, IFACE)).isEqualTo(Result.INVALID);
    assertThat(table.add(v4, 8, IpAddress.ANY_V4, IFACE)).isEqualTo(Result.INVALID);
    assertThat(table.add(v4, 8, IpAddress.parse("224.0.0.1"), IFACE)).isEqualTo(Result.INVALID);
    assertThat(table.routes()).isEmpty();
    for (int i = 0; i < RouteTable.MAX_ROUTES; i++) {
      assertThat(table.add(IpAddress.ofV4(i << 8), 24, null, IFACE)).isEqualTo(Result.OK);
    }
    assertThat(table.add(v6, 64, null, IFACE)).isEqualTo(Result.LIMIT);
  }

  @Example
  void neverSendsIpv4ByTheIpv6DefaultRoute() {
    RouteTable table = new RouteTable();
    table.addDefault(IpAddress.parse("fd77::1"), IFACE);
    IpAddress destination = IpAddress.parse("192.0.2.1");
    assertThat(table.lookup(destination.high(), destination.low())).isNull();
    table.addDefault(IpAddress.parse("10.0.0.1"), IFACE);
    assertThat(table.lookup(destination.high(), destination.low())).isNotNull();
  }
}
