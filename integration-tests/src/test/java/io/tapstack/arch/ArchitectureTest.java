package io.tapstack.arch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.Architectures;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The picture of the house that the README draws, held true. */
class ArchitectureTest {
  private static final String[] CORE_PACKAGES = {
    "io.tapstack.base..",
    "io.tapstack.wire..",
    "io.tapstack.link..",
    "io.tapstack.ip..",
    "io.tapstack.udp..",
    "io.tapstack.tcp..",
    "io.tapstack.stack..",
    "io.tapstack.sim.."
  };

  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("/test-classes/"))
          .importPackages("io.tapstack");

  @Test
  void everyPackageIsThere() {
    // A rule about a package that was renamed would hold without saying anything.
    for (String name : List.of("base", "wire", "link", "ip", "udp", "tcp", "stack", "sim", "tap")) {
      assertThat(ALL.containPackage("io.tapstack." + name)).as(name).isTrue();
    }
    assertThat(ALL.containPackage("io.tapstack.runtime")).isTrue();
    assertThat(ALL.containPackage("io.tapstack.socket")).isTrue();
    assertThat(ALL.containPackage("io.tapstack.drill")).isTrue();
    assertThat(ALL.containPackage("io.tapstack.cli")).isTrue();
  }

  @Test
  void layersStackUp() {
    Architectures.layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("wire")
        .definedBy("io.tapstack.wire..")
        .layer("base")
        .definedBy("io.tapstack.base..")
        .layer("link")
        .definedBy("io.tapstack.link..")
        .layer("ip")
        .definedBy("io.tapstack.ip..")
        .layer("udp")
        .definedBy("io.tapstack.udp..")
        .layer("tcp")
        .definedBy("io.tapstack.tcp..")
        .layer("stack")
        .definedBy("io.tapstack.stack..")
        .layer("sim")
        .definedBy("io.tapstack.sim..")
        .layer("tap")
        .definedBy("io.tapstack.tap..")
        .layer("runtime")
        .definedBy("io.tapstack.runtime..")
        .layer("socket")
        .definedBy("io.tapstack.socket..")
        .layer("drill")
        .definedBy("io.tapstack.drill..")
        .layer("cli")
        .definedBy("io.tapstack.cli..")
        .whereLayer("wire")
        .mayNotAccessAnyLayer()
        .whereLayer("base")
        .mayNotAccessAnyLayer()
        .whereLayer("link")
        .mayOnlyAccessLayers("wire", "base")
        .whereLayer("ip")
        .mayOnlyAccessLayers("wire", "base", "link")
        .whereLayer("udp")
        .mayOnlyAccessLayers("wire", "base", "link", "ip")
        .whereLayer("tcp")
        .mayOnlyAccessLayers("wire", "base", "link", "ip")
        .whereLayer("stack")
        .mayOnlyAccessLayers("wire", "base", "link", "ip", "udp", "tcp")
        .whereLayer("tap")
        .mayOnlyAccessLayers("wire", "base", "link")
        .whereLayer("runtime")
        .mayOnlyBeAccessedByLayers("socket", "cli")
        .whereLayer("socket")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("drill")
        .mayOnlyBeAccessedByLayers("cli")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(ALL);
  }

  @Test
  void nothingInTheStackImportsTheSimulation() {
    noClasses()
        .that()
        .resideInAnyPackage("io.tapstack.(base|wire|link|ip|udp|tcp|stack|tap)..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.tapstack.sim..")
        .check(ALL);
  }

  @Test
  void theCoreIsAFunctionOfFramesCallsAndTime() {
    noClasses()
        .that()
        .resideInAnyPackage(CORE_PACKAGES)
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "java.io..",
                "java.net..",
                "java.nio.channels..",
                "java.nio.file..",
                "java.util.concurrent",
                "java.util.concurrent.locks..",
                "java.security..",
                "sun..",
                "jnr..",
                "io.netty.."))
        .orShould()
        .accessClassesThat()
        .belongToAnyOf(Thread.class, java.util.Random.class, java.util.Timer.class)
        .orShould()
        .accessClassesThat()
        .belongToAnyOf(
            java.util.concurrent.ThreadLocalRandom.class,
            java.time.Instant.class,
            java.time.Clock.class)
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(ALL);
  }

  @Test
  void nativeCodeStaysInTheTapModule() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.tapstack.tap..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jnr..", "com.kenai..")
        .check(ALL);
  }

  @Test
  void nothingStaticChanges() {
    noFields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat()
        .resideInAPackage("io.tapstack..")
        .should()
        .notHaveModifier(JavaModifier.FINAL)
        .check(ALL);
  }
}
