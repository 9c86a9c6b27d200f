package dev.doorward.testbed.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One nginx of the benchmark: master and workers, its configuration in a folder of its own. */
final class Nginx implements AutoCloseable {
  private final Process process;

  private Nginx(Process process) {
    this.process = process;
  }

  /** The backend: answers every request with the same 1 KB of JSON. */
  static Nginx backend(Path folder, int port) throws IOException, InterruptedException {
    String text = "x".repeat(930);
    String body =
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[{\"type\":\"text\",\"text\":\""
            + text
            + "\"}],\"isError\":false}}";
    return start(
        folder,
        1,
        """
          server {
            listen 127.0.0.1:%d backlog=1024;
            access_log off;
            default_type application/json;
            location / { return 200 '%s'; }
          }
        """
            .formatted(port, body));
  }

  /** The rival: a plain TLS reverse proxy with an access log. */
  static Nginx proxy(Path folder, int port, int backendPort)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            folder.resolve("key.pem").toString(),
            "-out",
            folder.resolve("cert.pem").toString()));
    return start(
        folder,
        2,
        """
          upstream backend { server 127.0.0.1:%d; keepalive 512; keepalive_requests 1000000; }
          server {
            listen 127.0.0.1:%d ssl backlog=1024;
            ssl_certificate cert.pem;
            ssl_certificate_key key.pem;
            ssl_protocols TLSv1.3;
            access_log access.log combined;
            location / {
              proxy_pass http://backend;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
            }
          }
        """
            .formatted(backendPort, port));
  }

  private static Nginx start(Path folder, int workers, String server)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path file = folder.resolve("nginx.conf");
    Files.writeString(
        file,
        """
        daemon off;
        worker_processes %d;
        pid nginx.pid;
        error_log error.log warn;
        events { worker_connections 4096; }
        http {
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          keepalive_requests 10000000;
          keepalive_timeout 600s;
        %s}
        """
            .formatted(workers, server));
    Process process =
        new ProcessBuilder("nginx", "-p", folder + "/", "-c", file.toString(), "-e", "error.log")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("nginx.log").toFile())
            .start();
    if (process.waitFor(500, TimeUnit.MILLISECONDS)) {
      throw new IOException(
          "nginx does not start: " + Files.readString(folder.resolve("nginx.log")));
    }
    return new Nginx(process);
  }

  /** Master and workers. */
  List<Long> pids() {
    List<Long> all = new ArrayList<>();
    all.add(process.pid());
    process.descendants().map(ProcessHandle::pid).forEach(all::add);
    return all;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(command.getFirst() + " failed");
    }
  }
}
