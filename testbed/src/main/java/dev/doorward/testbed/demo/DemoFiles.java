package dev.doorward.testbed.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The files of the demo. Each run starts from nothing but the password, which stays the same.
 *
 * @param folder {@code target/demo}
 */
record DemoFiles(Path folder) {
  /**
   * What demo.json says and no restart of the edge changes.
   *
   * @param serverPid 0 where the server is none of the demo's processes
   */
  record Facts(
      String issuer,
      String resource,
      String person,
      String password,
      long agentPid,
      long serverPid) {}

  private static final String LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

  /** Removes what an earlier run has left. */
  void prepare() throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    for (String old : List.of("edge", "agent", "auth")) {
      delete(folder.resolve(old));
    }
    Files.deleteIfExists(json());
    Files.deleteIfExists(agentArguments());
  }

  Path json() {
    return folder.resolve("demo.json");
  }

  Path edgeYaml() {
    return folder.resolve("edge.yaml");
  }

  Path agentFolder() {
    return folder.resolve("agent");
  }

  Path ca() {
    return folder.resolve("ca.pem");
  }

  Path edgeFolder() {
    return folder.resolve("edge");
  }

  Path adminSocket() {
    return edgeFolder().resolve("admin.sock");
  }

  Path authFolder() {
    return folder.resolve("auth");
  }

  Path authYaml() {
    return folder.resolve("auth.yaml");
  }

  void writeEdgeYaml(int port, Shape shape) throws IOException {
    String edge =
        """
        public-url: https://localhost:%d
        listen: 127.0.0.1:%d
        data-dir: %s
        """
            .formatted(port, port, quoted(edgeFolder().toString()));
    String apart =
        """
        auth-server:
          socket: %s
          feed-bound: 5s
          timeout: 2s
        """
            .formatted(quoted(authFolder().resolve("auth.sock").toString()));
    write(edgeYaml(), shape == Shape.APART ? edge + apart : edge);
  }

  void writeAuthYaml(int port) throws IOException {
    write(
        authYaml(),
        """
        public-url: https://localhost:%d
        data-dir: %s
        """
            .formatted(port, quoted(authFolder().toString())));
  }

  /** The password of the demo person: the one of an earlier run, or a new random one. */
  String password() throws IOException {
    Path file = folder.resolve("password");
    if (Files.exists(file)) {
      String kept = Files.readString(file).strip();
      if (!kept.isEmpty()) {
        return kept;
      }
    }
    var random = new SecureRandom();
    var password = new StringBuilder();
    for (int i = 0; i < 24; i++) {
      if (i > 0 && i % 6 == 0) {
        password.append('-');
      }
      password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    write(file, password + "\n");
    return password.toString();
  }

  /** Copies the certificate of the edge's CA to where it can be pointed at. */
  void publishCa() throws IOException {
    write(ca(), Files.readString(edgeFolder().resolve("ca.pem")));
  }

  /** Writes demo.json in one step: who sees it sees all of it. Gives its text. */
  String writeJson(Facts facts, long edgePid, long authPid) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("issuer", facts.issuer());
    all.put("resource", facts.resource());
    all.put("ca", ca().toString());
    Map<String, Object> who = new LinkedHashMap<>();
    who.put("name", facts.person());
    who.put("password", facts.password());
    all.put("person", who);
    all.put("edge_pid", edgePid);
    if (authPid != 0) {
      all.put("auth_pid", authPid);
    }
    all.put("agent_pid", facts.agentPid());
    all.put("server_pid", facts.serverPid());
    all.put("admin_socket", adminSocket().toString());
    String text = JsonMapper.shared().writeValueAsString(all);
    write(json(), text + "\n");
    return text;
  }

  /** What the agent's process is to do, one argument a line. */
  Path agentArguments() {
    return folder.resolve("agent.arguments");
  }

  void writeAgentArguments(List<String> arguments) throws IOException {
    write(agentArguments(), String.join("\n", arguments) + "\n");
  }

  /** A new file only its owner can read takes the place of the old one. */
  private static void write(Path file, String text) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(draft, text);
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
