package dev.doorward.testbed.bench;

import dev.doorward.testbed.client.SignIn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Figures of tokens, through a real edge: how long the token endpoint takes at 50 requests a
 * second, and what a flood of forged tokens from one address does to a client at another.
 */
final class TokenBench {
  private static final int CODES = 500;
  private static final int BROWSERS = 4;
  private static final int WARM_UP = 120;
  private static final int WARM_UP_SECONDS = 15;
  private static final int PER_SECOND = 50;
  private static final int GOOD_SECONDS = 10;
  private static final long GOOD_PAUSE_NANOS = 5_000_000;
  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\","
          + "\"params\":{\"name\":\"echo\",\"arguments\":{}}}";

  private final RunningDemo demo;
  private final Path folder;

  private TokenBench(RunningDemo demo, Path folder) {
    this.demo = demo;
    this.folder = folder;
  }

  static void run(Path root) throws Exception {
    Path folder = root.resolve("target").resolve("bench");
    Files.createDirectories(folder);
    int port = freePort();
    try (Nginx _ = Nginx.backend(folder.resolve("backend"), port);
        RunningDemo demo = RunningDemo.start(root, "http://127.0.0.1:" + port + "/mcp")) {
      var bench = new TokenBench(demo, folder);
      bench.endpoint();
      bench.flood();
    }
  }

  /** A browser at an address of its own, since sign-ins are limited by address. */
  private SignIn browser(String address) throws IOException, GeneralSecurityException {
    return new SignIn(client(address), demo.resource());
  }

  private HttpClient client(String address) throws IOException, GeneralSecurityException {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(demo.tls())
        .localAddress(InetAddress.ofLiteral(address))
        .build();
  }

  private void endpoint() throws Exception {
    List<SignIn> browsers = new ArrayList<>();
    try {
      Queue<SignIn.Code> codes = new ConcurrentLinkedQueue<>();
      Queue<SignIn.Tokens> tokens = new ConcurrentLinkedQueue<>();
      for (int i = 0; i < BROWSERS; i++) {
        browsers.add(browser("127.0.0." + (i + 2)));
      }
      SignIn first = browsers.getFirst();
      for (SignIn browser : browsers) { // warm-up, and something to refresh
        for (int i = 0; i < WARM_UP; i++) {
          tokens.add(browser.redeem(browser.code(demo.person(), demo.password())));
        }
      }
      long warm = System.nanoTime() + TimeUnit.SECONDS.toNanos(WARM_UP_SECONDS);
      while (System.nanoTime() < warm) {
        tokens.add(first.refresh(tokens.remove()));
      }
      for (int i = 0; i < CODES; i++) {
        codes.add(browsers.get(i % BROWSERS).code(demo.person(), demo.password()));
      }
      List<Double> redeemed = Collections.synchronizedList(new ArrayList<>());
      List<Double> refreshed = Collections.synchronizedList(new ArrayList<>());
      int requests = codes.size() * 2;
      List<Callable<Double>> work = new ArrayList<>();
      for (int i = 0; i < requests; i++) {
        work.add(
            i % 2 == 0
                ? () -> timed(redeemed, () -> first.redeem(codes.remove()))
                : () -> timed(refreshed, () -> tokens.add(first.refresh(tokens.remove()))));
      }
      atRate(work);
      say("token endpoint at " + PER_SECOND + " requests/s, " + requests + " requests");
      report("  code", redeemed);
      report("  refresh", refreshed);
    } finally {
      browsers.forEach(SignIn::close);
    }
  }

  private interface Work {
    Object run() throws IOException, InterruptedException;
  }

  private static double timed(List<Double> samples, Work work)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    Object _ = work.run();
    double millis = (System.nanoTime() - start) / 1e6;
    samples.add(millis);
    return millis;
  }

  /** Begins each piece at its time, whatever became of the ones before. */
  private static void atRate(List<Callable<Double>> work)
      throws InterruptedException, ExecutionException {
    List<Future<Double>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      long start = System.nanoTime();
      for (int i = 0; i < work.size(); i++) {
        long due = start + i * (TimeUnit.SECONDS.toNanos(1) / PER_SECOND);
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        running.add(threads.submit(work.get(i)));
      }
      for (Future<Double> each : running) {
        double _ = each.get();
      }
    }
  }

  private void flood() throws Exception {
    String token = demo.token();
    var wrk = Forger.prepare(folder);
    try (HttpClient client = client("127.0.0.2")) {
      List<Double> warm = good(client, token);
      try (Forger.Running _ = wrk.start(demo.resource(), token, 8)) {
        warm.addAll(good(client, token));
      }
      TimeUnit.SECONDS.sleep(3);
      List<Double> before = good(client, token);
      List<Double> during;
      Forger.Result forged;
      try (Forger.Running running = wrk.start(demo.resource(), token, GOOD_SECONDS + 2)) {
        TimeUnit.SECONDS.sleep(1);
        during = good(client, token);
        forged = running.result();
      }
      say("a good client beside forged tokens from one address; warm-up of " + warm.size());
      report("  alone", before);
      report("  beside " + Math.round(forged.perSecond()) + " forged tokens/s", during);
      say("  ratio of p95: " + round(at(during, 0.95) / at(before, 0.95), 2));
    }
  }

  private List<Double> good(HttpClient client, String token)
      throws IOException, InterruptedException {
    List<Double> samples = new ArrayList<>();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(demo.resource()))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(CALL))
            .build();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(GOOD_SECONDS);
    while (System.nanoTime() < end) {
      long start = System.nanoTime();
      HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
      samples.add((System.nanoTime() - start) / 1e6);
      if (answer.statusCode() != 200) {
        throw new IOException("a good call is answered " + answer.statusCode());
      }
      LockSupport.parkNanos(GOOD_PAUSE_NANOS);
    }
    return samples;
  }

  private static void report(String what, List<Double> samples) {
    say(
        what
            + ": p50 "
            + round(at(samples, 0.5), 2)
            + " ms, p95 "
            + round(at(samples, 0.95), 2)
            + " ms, p99 "
            + round(at(samples, 0.99), 2)
            + " ms, "
            + samples.size()
            + " samples");
  }

  private static double at(List<Double> samples, double share) {
    List<Double> sorted = samples.stream().sorted().toList();
    return sorted.get(Math.min(sorted.size() - 1, (int) (sorted.size() * share)));
  }

  private static String round(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static void say(String text) {
    System.out.println(text);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
