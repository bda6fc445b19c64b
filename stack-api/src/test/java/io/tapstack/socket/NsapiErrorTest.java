package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NsapiErrorTest {
  @Test
  void everyCodeHasANameAndWords() {
    for (int code = NsapiError.BUSY; code <= NsapiError.WOULD_BLOCK; code++) {
      assertThat(NsapiError.name(code)).doesNotStartWith("UNKNOWN");
      assertThat(NsapiError.describe(code)).isNotBlank();
    }
    assertThat(NsapiError.name(-3004)).isEqualTo("NO_CONNECTION");
    assertThat(NsapiError.name(-3020)).isEqualTo("BUSY");
    assertThat(NsapiError.name(17)).isEqualTo("OK");
  }

  @Test
  void whatIsNoCodeSaysSo() {
    assertThat(NsapiError.name(-1)).isEqualTo("UNKNOWN(-1)");
    assertThat(NsapiError.describe(-1)).isEqualTo("-1 is no code of the socket API");
  }

  @Test
  void checkPassesSizesAndThrowsCodes() {
    assertThat(NsapiError.check(0)).isZero();
    assertThat(NsapiError.check(42)).isEqualTo(42);
    assertThatThrownBy(() -> NsapiError.check(NsapiError.NO_SOCKET))
        .isInstanceOfSatisfying(
            NsapiException.class, e -> assertThat(e.code()).isEqualTo(NsapiError.NO_SOCKET))
        .hasMessage("NO_SOCKET: the socket is not open");
    assertThatThrownBy(() -> NsapiError.check(NsapiError.NO_SOCKET, "send to 10.0.0.1"))
        .hasMessage("send to 10.0.0.1: the socket is not open (NO_SOCKET)");
  }
}
