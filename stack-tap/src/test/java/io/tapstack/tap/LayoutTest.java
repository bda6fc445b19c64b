package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Holds the structures that the kernel reads against its headers. */
class LayoutTest {
  @Test
  void interfaceRequestIsStructIfreq() throws TapException {
    InterfaceRequest request =
        new InterfaceRequest(
            InterfaceName.encode("tap%d"), InterfaceRequest.IFF_TAP | InterfaceRequest.IFF_NO_PI);
    ByteBuffer memory = request.memory();
    assertThat(memory.capacity()).isEqualTo(40);
    assertThat(memory.order()).isEqualTo(ByteOrder.nativeOrder());
    assertThat(memory.getShort(16)).isEqualTo((short) 0x1002);
    assertThat(memory.get(5)).isZero();
    assertThat(request.name()).isEqualTo("tap%d");
    memory.put(0, "tap3\0".getBytes(StandardCharsets.US_ASCII)); // as the kernel does
    assertThat(request.name()).isEqualTo("tap3");
  }

  @Test
  void ioctlNumberCountsInTheDirectionBitsOfTheArchitecture() {
    assertThat(InterfaceRequest.tunSetIff("amd64")).isEqualTo(0x400454caL);
    assertThat(InterfaceRequest.tunSetIff("aarch64")).isEqualTo(0x400454caL);
    assertThat(InterfaceRequest.tunSetIff("ppc64le")).isEqualTo(0x800454caL);
  }

  @Test
  void epollEventIsPackedOnlyOnX86() {
    EpollEvents packed = new EpollEvents(3, "amd64");
    EpollEvents padded = new EpollEvents(3, "aarch64");
    assertThat(packed.size()).isEqualTo(12);
    assertThat(padded.size()).isEqualTo(16);
    for (EpollEvents events : new EpollEvents[] {packed, padded}) {
      for (int i = 0; i < 3; i++) {
        events.set(i, 0x8000_0001, 70 + i);
      }
      for (int i = 0; i < 3; i++) {
        assertThat(events.events(i)).isEqualTo(0x8000_0001);
        assertThat(events.fd(i)).isEqualTo(70 + i);
      }
    }
  }

  @Test
  void addressOfASliceCountsItsOffset() {
    ByteBuffer slab = ByteBuffer.allocateDirect(256);
    ByteBuffer slice = slab.slice(100, 50);
    slice.position(7); // the address is that of index 0 all the same
    assertThat(Native.address(slice)).isEqualTo(Native.address(slab) + 100);
  }
}
