package dev.doorward.testbed.demo;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Runs another main class for as long as a certain process lives: when that ends, even by {@code
 * kill -9}, this one ends too. {@code Leash PID MAIN-CLASS ARG...}; where the only argument is
 * {@code @FILE}, the arguments are the lines of that file, which is awaited if need be, so that the
 * virtual machine is warm when they are known. Needs nothing but the JDK.
 */
public final class Leash {
  private static final long POLL_MILLIS = 200;
  private static final long FILE_POLL_MILLIS = 10;
  private static final long GRACE_MILLIS = 5_000;

  private final long holder;
  private final boolean holderIsParent;

  private Leash(long holder) {
    this.holder = holder;
    this.holderIsParent = parent() == holder;
  }

  /** The process. */
  public static void main(String[] args) throws Throwable {
    var leash = new Leash(Long.parseLong(args[0]));
    Thread.ofPlatform().daemon().name("leash").start(leash::watch);
    Class<?> main = Class.forName(args[1]);
    String[] rest = Arrays.copyOfRange(args, 2, args.length);
    if (rest.length == 1 && rest[0].startsWith("@")) {
      rest = await(Path.of(rest[0].substring(1)));
    }
    try {
      main.getMethod("main", String[].class).invoke(null, (Object) rest);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static String[] await(Path file) throws IOException, InterruptedException {
    while (!Files.exists(file)) {
      Thread.sleep(FILE_POLL_MILLIS);
    }
    return Files.readAllLines(file).toArray(String[]::new);
  }

  private void watch() {
    try {
      while (held()) {
        Thread.sleep(POLL_MILLIS);
      }
      Thread.ofPlatform().daemon().name("leash-end").start(Leash::haltAfterGrace);
      System.exit(0);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A dead parent that nobody has reaped still looks alive, but is nobody's parent any more. */
  private boolean held() {
    return holderIsParent
        ? parent() == holder
        : ProcessHandle.of(holder).map(ProcessHandle::isAlive).orElse(false);
  }

  private static long parent() {
    return ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L);
  }

  private static void haltAfterGrace() {
    try {
      Thread.sleep(GRACE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }
}
