package dev.doorward.testbed.house;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The rules of the house (design, sections 3 and 9), over the classes of every module. */
class HouseRulesTest {
  private static final String ROOT = "dev.doorward";

  /** A module's package and those that it may use besides its own. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.of(
          "common", Set.of(),
          "config", Set.of("common"),
          "transport", Set.of("common"),
          "policy", Set.of("common"),
          "auth", Set.of("transport", "config", "common"),
          "edge", Set.of("auth", "policy", "transport", "config", "common"),
          "agent", Set.of("transport", "config", "common"),
          "testbed", Set.of("edge", "agent", "auth", "policy", "transport", "config", "common"));

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void everyClassIsInAModule() {
    Set<String> seen = new TreeSet<>();
    HOUSE.forEach(c -> seen.add(moduleOf(c)));

    assertThat(MAY_USE.keySet()).containsAll(seen);
    assertThat(seen).contains("common", "transport", "auth");
  }

  @TestFactory
  List<DynamicTest> modulesPointOneWay() {
    List<DynamicTest> tests = new ArrayList<>();
    MAY_USE.forEach((module, allowed) -> {
      String[] forbidden =
          MAY_USE.keySet().stream()
              .filter(other -> !other.equals(module) && !allowed.contains(other))
              .map(other -> ROOT + "." + other + "..")
              .toArray(String[]::new);
      tests.add(
          DynamicTest.dynamicTest(
              module,
              () -> {
                if (forbidden.length > 0) {
                  noClasses()
                      .that()
                      .resideInAPackage(ROOT + "." + module + "..")
                      .should()
                      .dependOnClassesThat()
                      .resideInAnyPackage(forbidden)
                      .allowEmptyShould(true)
                      .check(HOUSE);
                }
              }));
    });
    return tests;
  }

  @TestFactory
  List<DynamicTest> packagesOfAModuleHaveNoCycle() {
    return MAY_USE.keySet().stream()
        .map(module ->
            DynamicTest.dynamicTest(
                module,
                () ->
                    slices()
                        .matching(ROOT + "." + module + ".(*)..")
                        .should()
                        .beFreeOfCycles()
                        .allowEmptyShould(true)
                        .check(HOUSE)))
        .toList();
  }

  @Test
  void whatDecidesTouchesNoClock() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".common..", ROOT + ".policy..")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(InstantSource.class, "system")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  void whatDecidesTouchesNoSocketFileOrNetty() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".common..", ROOT + ".policy..")
        .should()
        .dependOnClassesThat(are(inputOrOutput().or(resideInAPackage("io.netty..")).as("for I/O")))
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  void authorizationServerHasNoSocketsButItsPort() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".auth..")
        .and()
        .resideOutsideOfPackage(ROOT + ".auth.port..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".transport..", "io.netty..")
        .check(HOUSE);
  }

  @Test
  void onlyTheBridgeKnowsTheAuthorizationServer() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".edge..")
        .and()
        .resideOutsideOfPackages(ROOT + ".edge.auth..", ROOT + ".edge.main..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + ".auth..")
        .allowEmptyShould(true)
        .check(HOUSE);
  }

  @Test
  void onlyCommandsPrint() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "..")
        .and()
        .resideOutsideOfPackages("..main..", ROOT + ".testbed..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace")
        .orShould()
        .callMethod(Throwable.class, "printStackTrace", PrintStream.class)
        .check(HOUSE);
  }

  @Test
  void everyPackageIsNullMarked() {
    Set<String> without = new TreeSet<>();
    for (JavaClass each : HOUSE) {
      JavaPackage home = each.getPackage();
      if (!home.isAnnotatedWith(NullMarked.class)) {
        without.add(home.getName());
      }
    }

    assertThat(without).as("packages without a NullMarked package-info.java").isEmpty();
  }

  @Test
  void noNameSaysNothing() {
    classes()
        .that()
        .resideInAPackage(ROOT + "..")
        .should()
        .haveNameNotMatching(".*(Manager|Util|Utils|Helper|Impl)")
        .check(HOUSE);
  }

  private static DescribedPredicate<JavaClass> inputOrOutput() {
    return DescribedPredicate.describe(
        "sockets or files",
        c ->
            c.getPackageName().startsWith("java.nio.file")
                || c.getPackageName().startsWith("java.nio.channels")
                || c.getPackageName().startsWith("java.net.http")
                || c.getName().matches("java\\.net\\.[A-Za-z]*(Socket|Connection)[A-Za-z]*")
                || c.getName().matches("java\\.io\\.(RandomAccess)?File[A-Za-z]*"));
  }

  private static String moduleOf(JavaClass each) {
    return each.getPackageName().substring(ROOT.length() + 1).split("\\.", 2)[0];
  }
}
