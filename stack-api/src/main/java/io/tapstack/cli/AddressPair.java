package io.tapstack.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The two ends of a wire in one IP version.
 *
 * @param stack this stack's address
 * @param host the other side's, in the same network
 */
record AddressPair(Prefix stack, Prefix host) {
  /** The pairs that the options make, with the usual addresses where none are given. */
  static List<AddressPair> of(NetworkOptions options) {
    List<Prefix> hosts =
        options.hostAddresses().isEmpty() ? NetworkOptions.HOST_ADDRESSES : options.hostAddresses();
    List<AddressPair> pairs = new ArrayList<>();
    for (Prefix stack : options.addresses()) {
      for (Prefix host : hosts) {
        if (stack.reaches(host.address()) && !stack.address().equals(host.address())) {
          pairs.add(new AddressPair(stack, host));
        }
      }
    }
    if (pairs.isEmpty()) {
      throw options.wrong(
          "--address and --host-address have no network in common; expected something like"
              + " --address 10.77.0.2/24 --host-address 10.77.0.1/24");
    }
    return pairs;
  }

  String version() {
    return stack.address().isV4() ? "IPv4" : "IPv6";
  }
}
