package dev.doorward.testbed.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.json.JsonMapper;

/**
 * The benchmark that {@code testbed/bench/run.sh} starts; bench/README.md says what it measures.
 */
public final class BenchMain {
  private static final int CONNECTIONS = 64;
  private static final int WARM_UP_RUNS = 6;
  private static final int WARM_UP_SECONDS = 5;
  private static final int ROUND_SECONDS = 8;
  private static final int STREAM_EVENTS = 50;
  private static final long STREAM_PAUSE_MILLIS = 5;
  private static final int STREAM_WARM_UP = 60;
  private static final int STREAMS = 20;

  private final Path root;
  private final Path folder;
  private final int rounds;
  private final Map<String, Object> report = new LinkedHashMap<>();

  private BenchMain(Path root, int rounds) {
    this.root = root;
    this.folder = root.resolve("target").resolve("bench");
    this.rounds = rounds;
  }

  /**
   * The process; the only argument is {@code tokens} for the figures of tokens, or the number of
   * rounds, 4 where it is absent.
   */
  public static void main(String[] args) throws Exception {
    Path root = Path.of(System.getProperty("doorward.home", "")).toAbsolutePath();
    if (args.length > 0 && args[0].equals("tokens")) {
      TokenBench.run(root);
      return;
    }
    var bench = new BenchMain(root, args.length == 0 ? 4 : Integer.parseInt(args[0]));
    Files.createDirectories(bench.folder);
    bench.calls();
    bench.streams();
    Files.writeString(
        bench.folder.resolve("bench.json"), JsonMapper.shared().writeValueAsString(bench.report));
  }

  private void calls() throws IOException, InterruptedException, GeneralSecurityException {
    int backendPort = freePort();
    int proxyPort = freePort();
    Wrk wrk = Wrk.prepare(folder, CONNECTIONS);
    List<Wrk.Result> doorward = new ArrayList<>();
    List<Wrk.Result> nginx = new ArrayList<>();
    double doorwardCpu = 0;
    double nginxCpu = 0;
    try (Nginx _ = Nginx.backend(folder.resolve("backend"), backendPort);
        Nginx proxy = Nginx.proxy(folder.resolve("proxy"), proxyPort, backendPort);
        RunningDemo demo = RunningDemo.start(root, "http://127.0.0.1:" + backendPort + "/mcp")) {
      String token = demo.token();
      String rival = "https://127.0.0.1:" + proxyPort + "/mcp";
      // In several runs, because connections that end and begin are part of the work.
      for (int run = 1; run <= WARM_UP_RUNS; run++) {
        report("warm-up " + run, wrk.run(demo.resource(), token, WARM_UP_SECONDS));
      }
      report("warm-up nginx", wrk.run(rival, token, 3));
      for (int round = 1; round <= rounds; round++) {
        // Who goes first changes, so that neither always meets a hot or a cold machine.
        for (int turn = 0; turn < 2; turn++) {
          boolean ours = (round + turn) % 2 == 0;
          List<Long> pids = ours ? demo.pids() : proxy.pids();
          double before = ProcessorTime.seconds(pids);
          Wrk.Result result = wrk.run(ours ? demo.resource() : rival, token, ROUND_SECONDS);
          double used = ProcessorTime.seconds(pids) - before;
          report((ours ? "doorward " : "nginx    ") + round, result);
          if (ours) {
            doorward.add(result);
            doorwardCpu += used;
          } else {
            nginx.add(result);
            nginxCpu += used;
          }
        }
      }
    }
    summary("req/s", doorward, nginx, Wrk.Result::perSecond, 1, 0);
    summary("p50 ms", doorward, nginx, r -> r.p50Micros(), 1e-3, 2);
    summary("p99 ms", doorward, nginx, r -> r.p99Micros(), 1e-3, 2);
    double ours = perTenThousand(doorwardCpu, doorward);
    double theirs = perTenThousand(nginxCpu, nginx);
    line("CPU s / 10,000 requests", ours, theirs, 3);
    long errors = doorward.stream().mapToLong(Wrk.Result::errors).sum();
    report.put("errors", errors);
    say("errors of doorward: " + errors);
  }

  private void streams() throws IOException, InterruptedException, GeneralSecurityException {
    List<Long> nanos = new ArrayList<>();
    try (var backend = new StreamBackend(STREAM_EVENTS, STREAM_PAUSE_MILLIS);
        RunningDemo demo = RunningDemo.start(root, "http://127.0.0.1:" + backend.port() + "/mcp")) {
      String token = demo.token();
      var tls = demo.tls();
      URI resource = URI.create(demo.resource());
      for (int i = 0; i < STREAM_WARM_UP; i++) {
        var _ = StreamLatency.stream(tls, resource, token);
      }
      for (int i = 0; i < STREAMS; i++) {
        nanos.addAll(StreamLatency.stream(tls, resource, token));
      }
    }
    nanos.sort(null);
    double p50 = nanos.get(nanos.size() / 2) / 1e3;
    double p99 = nanos.get(nanos.size() * 99 / 100) / 1e3;
    report.put("sse_samples", nanos.size());
    report.put("sse_p50_micros", p50);
    report.put("sse_p99_micros", p99);
    say(
        "event, from the backend's write to the client's read: p50 "
            + round(p50, 0)
            + " us, p99 "
            + round(p99, 0)
            + " us, "
            + nanos.size()
            + " events");
  }

  private void summary(
      String what,
      List<Wrk.Result> ours,
      List<Wrk.Result> theirs,
      ToDoubleFunction<Wrk.Result> value,
      double scale,
      int digits) {
    line(what, median(ours, value) * scale, median(theirs, value) * scale, digits);
  }

  private void line(String what, double ours, double theirs, int digits) {
    report.put(what, Map.of("doorward", ours, "nginx", theirs, "ratio", ours / theirs));
    say(
        what
            + ": doorward "
            + round(ours, digits)
            + ", nginx "
            + round(theirs, digits)
            + ", ratio "
            + round(ours / theirs, 2));
  }

  private static double median(List<Wrk.Result> results, ToDoubleFunction<Wrk.Result> value) {
    double[] sorted = results.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double perTenThousand(double seconds, List<Wrk.Result> results) {
    return seconds * 10_000 / results.stream().mapToLong(Wrk.Result::requests).sum();
  }

  private static void report(String what, Wrk.Result result) {
    say(
        what
            + ": "
            + round(result.perSecond(), 0)
            + " req/s, p50 "
            + round(result.p50Micros() / 1e3, 2)
            + " ms, p99 "
            + round(result.p99Micros() / 1e3, 2)
            + " ms, errors "
            + result.errors());
  }

  private static void say(String text) {
    System.out.println(text);
  }

  private static String round(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
