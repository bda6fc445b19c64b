package io.tapstack.socket;

import io.tapstack.link.Link;
import io.tapstack.runtime.PcapLink;
import io.tapstack.tap.HostInterface;
import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapLink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens the TAP device that {@link TapOptions} describe, always with the same MAC address. */
final class TapDeviceSource implements Device {
  private final TapOptions options;
  private final List<Prefix> hostAddresses = new ArrayList<>();
  private final long mac = TapLink.randomMac();
  private @Nullable HostInterface host;

  /**
   * @throws IllegalArgumentException if an address makes no sense
   */
  TapDeviceSource(TapOptions options) {
    this.options = options;
    for (String address : options.hostAddresses()) {
      hostAddresses.add(Prefix.parse(address));
    }
  }

  @Override
  public String name() {
    return options.name();
  }

  @Override
  public Link open() throws IOException {
    TapDevice device = TapDevice.open(options.name());
    try {
      configureHost(device.name());
      TapLink link = new TapLink(device, mac);
      Path file = options.pcap();
      return file == null ? link : PcapLink.capture(link, file);
    } catch (IOException e) {
      try {
        releaseHost();
      } catch (IOException second) {
        e.addSuppressed(second);
      }
      device.close();
      throw e;
    }
  }

  private void configureHost(String name) throws IOException {
    if (hostAddresses.isEmpty() && options.mtu() == 0) {
      return;
    }
    HostInterface side = HostInterface.of(name);
    host = side;
    if (options.mtu() != 0) {
      side.mtu(options.mtu());
    }
    for (Prefix address : hostAddresses) {
      side.addAddress(address.address(), address.length());
    }
    if (!hostAddresses.isEmpty()) {
      side.up();
    }
  }

  @Override
  public void release(Link link) throws IOException {
    try {
      releaseHost();
    } finally {
      link.close();
    }
  }

  private void releaseHost() throws IOException {
    HostInterface side = host;
    host = null;
    if (side != null) {
      side.close();
    }
  }
}
