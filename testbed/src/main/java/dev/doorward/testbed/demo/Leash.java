package dev.doorward.testbed.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Runs another main class for as long as the process at the other end of standard input lives: when
 * that ends, even by {@code kill -9}, this process ends too. {@code Leash MAIN-CLASS ARG...};
 * {@code Leash MAIN-CLASS -} takes the arguments from the first line of standard input, separated
 * by tabs, so that the virtual machine is warm when they are known. Needs nothing but the JDK.
 */
public final class Leash {
  private static final long GRACE_MILLIS = 5_000;

  private Leash() {}

  /** The process. */
  public static void main(String[] args) throws Throwable {
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Class<?> main = Class.forName(args[0]);
    String[] rest = Arrays.copyOfRange(args, 1, args.length);
    if (rest.length == 1 && rest[0].equals("-")) {
      String line = lines.readLine();
      if (line == null) {
        return;
      }
      rest = line.split("\t", -1);
    }
    Thread.ofPlatform().daemon().name("leash").start(() -> waitForTheOtherEnd(lines));
    try {
      main.getMethod("main", String[].class).invoke(null, (Object) rest);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void waitForTheOtherEnd(BufferedReader lines) {
    try {
      while (lines.readLine() != null) {
        // Whatever is said after the arguments means nothing.
      }
    } catch (IOException e) {
      // A broken pipe is an end, too.
    }
    Thread.ofPlatform().daemon().name("leash-end").start(Leash::haltAfterGrace);
    System.exit(0);
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
