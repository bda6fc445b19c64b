package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tapstack.tap.TapException.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user reads when a device cannot be opened: each message says what to do. */
class TapFailureTest {
  @TempDir Path directory;

  @Test
  void missingNodeNamesTheModuleAndTheContainerOption() {
    String node = directory.resolve("tun").toString();
    TapException e = open(node, "tap0");
    assertThat(e.reason()).isEqualTo(Reason.NODE_MISSING);
    assertThat(e)
        .hasMessageContaining(node)
        .hasMessageContaining("ENOENT")
        .hasMessageContaining("modprobe tun")
        .hasMessageContaining("--device");
  }

  @Test
  void fileThatIsNoTunNodeIsRecognised() throws Exception {
    Path node = Files.createFile(directory.resolve("file"));
    TapException e = open(node.toString(), "tap0");
    assertThat(e.reason()).isEqualTo(Reason.NODE_MISSING);
    assertThat(e).hasMessageContaining("not the node of the TUN/TAP driver");
  }

  @Test
  void failedAttachGivesItsDescriptorBack() throws Exception {
    Path node = Files.createFile(directory.resolve("file"));
    open(node.toString(), "tap0"); // loads the native library
    long before = openFiles();
    for (int i = 0; i < 50; i++) {
      open(node.toString(), "tap0");
    }
    assertThat(openFiles()).isLessThan(before + 50);
  }

  @Test
  void badNameIsRefusedBeforeAnythingIsOpened() {
    TapException e = open(directory.resolve("tun").toString(), "tap 0");
    assertThat(e.reason()).isEqualTo(Reason.BAD_NAME);
  }

  @Test
  void noPermissionNamesTheCapabilityAndTheWaysAround() {
    TapException e = TapFailure.attaching(TapDevice.NODE, "tap5", Errno.EPERM);
    assertThat(e.reason()).isEqualTo(Reason.NO_PERMISSION);
    assertThat(e)
        .hasMessageContaining("CAP_NET_ADMIN")
        .hasMessageContaining("ip tuntap add dev tap5 mode tap user $USER")
        .hasMessageContaining("unshare -rn");
    TapException node = TapFailure.opening(TapDevice.NODE, Errno.EACCES);
    assertThat(node.reason()).isEqualTo(Reason.NO_PERMISSION);
    assertThat(node).hasMessageContaining("0666");
  }

  @Test
  void busyAndForeignInterfacesAreToldApart() {
    TapException busy = TapFailure.attaching(TapDevice.NODE, "tap5", Errno.EBUSY);
    assertThat(busy.reason()).isEqualTo(Reason.BUSY);
    assertThat(busy).hasMessageContaining("another process").hasMessageContaining("tap5");
    TapException foreign = TapFailure.attaching(TapDevice.NODE, "eth0", Errno.EINVAL);
    assertThat(foreign.reason()).isEqualTo(Reason.NOT_A_TAP);
    assertThat(foreign).hasMessageContaining("not a single-queue TAP device");
  }

  @Test
  void driverThatIsNotLoadedIsNotAPermission() {
    assertThat(TapFailure.opening(TapDevice.NODE, Errno.ENODEV).reason())
        .isEqualTo(Reason.NODE_MISSING);
  }

  @Test
  void configuringSaysTheCommandAndTheKernelsWords() {
    TapException e =
        TapFailure.configuring("tap0", "link set dev tap0 mtu 9", Errno.EINVAL, "mtu less than 68");
    assertThat(e.reason()).isEqualTo(Reason.SYSTEM);
    assertThat(e)
        .hasMessageContaining("\"ip link set dev tap0 mtu 9\"")
        .hasMessageContaining("the kernel says: mtu less than 68");
    assertThat(TapFailure.configuring("tap0", "x", Errno.EPERM, ""))
        .hasMessageContaining("CAP_NET_ADMIN");
  }

  @Test
  void interfaceThatDoesNotExistIsNamed() {
    TapException e = catchThrowableOfType(TapException.class, () -> HostInterface.of("no-such-if"));
    assertThat(e.reason()).isEqualTo(Reason.NO_INTERFACE);
    assertThat(e).hasMessageContaining("no interface no-such-if");
  }

  @Test
  void unknownErrorNumberIsStillSaid() {
    assertThat(Errno.words(4711)).isEqualTo("error number 4711");
    assertThat(Errno.words(Errno.EBUSY)).startsWith("EBUSY");
  }

  private static TapException open(String node, String name) {
    return catchThrowableOfType(TapException.class, () -> TapDevice.open(node, name));
  }

  private static long openFiles() throws Exception {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }
}
