package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.NetworkInterface;
import org.junit.jupiter.api.Test;

/** Asks the kernel what anybody may ask, and holds it against what the JDK says. */
class NetlinkTest {
  @Test
  void loopbackIsDescribedAsTheJdkDescribesIt() throws Exception {
    try (Netlink netlink = new Netlink()) {
      Netlink.LinkState link = netlink.link("lo");
      NetworkInterface expected = NetworkInterface.getByIndex(link.index());
      assertThat(expected.getName()).isEqualTo("lo");
      assertThat(link.mtu()).isEqualTo(expected.getMTU());
      assertThat(link.isUp()).isEqualTo(expected.isUp());
      // A second question on the same socket gets its own answer.
      assertThat(netlink.link("lo")).isEqualTo(link);
    }
  }

  @Test
  void hostInterfaceThatWasOnlyLookedAtChangesNothing() throws Exception {
    try (HostInterface lo = HostInterface.of("lo")) {
      assertThat(lo.name()).isEqualTo("lo");
      assertThat(lo.index()).isPositive();
      assertThat(lo.isUp()).isEqualTo(NetworkInterface.getByName("lo").isUp());
    }
  }
}
