package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InterfaceNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"t", "tap0", "tap%d", "%d", "a.b-c_d", "...", "fifteen-bytes-1", "täp"})
  void acceptsWhatTheKernelAccepts(String name) throws TapException {
    assertThat(InterfaceName.encode(name)).isEqualTo(name.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "a b",
        "a\tb",
        "a:1",
        "sixteen-bytes-16",
        "ääääääää",
        "%",
        "tap%s",
        "%d%d",
        "a%d%",
        "a\0b",
        "tàp" /* its UTF-8 ends in 0xa0 */
      })
  void refusesWhatTheKernelRefuses(String name) {
    TapException e = catchThrowableOfType(TapException.class, () -> InterfaceName.encode(name));
    assertThat(e.reason()).isEqualTo(TapException.Reason.BAD_NAME);
    assertThat(e).hasMessageContaining("\"" + name + "\"").hasMessageContaining("1 to 15 bytes");
  }

  @Test
  void readsUpToTheTerminator() {
    ByteBuffer field = ByteBuffer.allocate(InterfaceName.FIELD + 1);
    field.put(1, "tap17".getBytes(StandardCharsets.UTF_8));
    assertThat(InterfaceName.read(field, 1)).isEqualTo("tap17");
  }
}
