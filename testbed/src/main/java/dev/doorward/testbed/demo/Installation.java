package dev.doorward.testbed.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the programs are: a checkout that was built, or an installed distribution.
 *
 * @param root the checkout, or the folder that has {@code lib/}
 * @param demoFolder everything that the demo writes lies here
 * @param options for the virtual machines of edge and agent, besides those that all have
 * @param rehearsal whether the virtual machines are to write down, when they end, what their class
 *     loaders have worked out; every later start reads it and is the faster for it
 */
public record Installation(Path root, Path demoFolder, List<String> options, boolean rehearsal) {
  private static final List<String> JVM =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+UseSerialGC",
          "-Dio.netty.leakDetection.level=disabled");

  /** What the launcher says, or the folder that Maven builds. */
  static Installation find(boolean rehearsal) {
    String home = System.getProperty("doorward.home", System.getProperty("doorward.root", ""));
    Path root = Path.of(home).toAbsolutePath().normalize();
    String folder = rehearsal ? "rehearsal" : "demo";
    return new Installation(root, root.resolve("target").resolve(folder), List.of(), rehearsal);
  }

  /**
   * A command that runs a main class on a {@link Leash} which this process holds.
   *
   * @param module whose class path it has
   * @param options for the virtual machine, besides those that all have
   */
  List<String> java(String module, List<String> options, String mainClass, List<String> args)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    if (hugePages()) {
      command.add("-XX:+UseTransparentHugePages");
    }
    Path archive = root.resolve("target").resolve(module + "-demo.jsa");
    if (rehearsal) {
      command.add("-XX:ArchiveClassesAtExit=" + archive);
    } else if (Files.exists(archive)) {
      command.add("-XX:SharedArchiveFile=" + archive);
    }
    command.add("-Xlog:cds=off");
    command.add("-Xlog:cds+dynamic=off");
    command.addAll(this.options);
    command.addAll(options);
    command.add("-cp");
    command.add(classPath(module) + File.pathSeparator + jar("testbed"));
    command.add(Leash.class.getName());
    command.add(Long.toString(ProcessHandle.current().pid()));
    command.add(mainClass);
    command.addAll(args);
    return command;
  }

  /** Whether the system gives huge pages to those who ask; asking elsewhere earns a warning. */
  private static boolean hugePages() throws IOException {
    Path setting = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    if (!Files.isReadable(setting)) {
      return false;
    }
    String chosen = Files.readString(setting);
    return chosen.contains("[madvise]") || chosen.contains("[always]");
  }

  private String classPath(String module) throws IOException {
    if (Files.isDirectory(root.resolve("lib"))) {
      return root.resolve("lib") + "/*";
    }
    return jar(module) + File.pathSeparator + target(module).resolve("lib") + "/*";
  }

  private Path jar(String module) throws IOException {
    Path folder = Files.isDirectory(root.resolve("lib")) ? root.resolve("lib") : target(module);
    try (var jars = Files.newDirectoryStream(folder, module + "-*.jar")) {
      for (Path jar : jars) {
        return jar;
      }
    }
    throw new DemoFailure(
        "There is no " + module + " in " + folder + "; build Doorward with 'mvn package' first.");
  }

  private Path target(String module) {
    return root.resolve(module).resolve("target");
  }
}
