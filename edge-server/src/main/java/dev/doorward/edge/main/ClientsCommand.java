package dev.doorward.edge.main;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code doorward clients}: which programs may sign people in or act by themselves. */
@Command(
    name = "clients",
    mixinStandardHelpOptions = true,
    description = "Programs that sign people in or act by themselves.",
    subcommands = {
      ClientsCommand.ListClients.class,
      ClientsCommand.Add.class,
      ClientsCommand.Show.class,
      ClientsCommand.Remove.class
    })
final class ClientsCommand implements Runnable {
  private static final String PATH = "/v1/clients";
  private static final long MAX_KEYS = 16 * 1024;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say list, add, show or remove");
  }

  private static String path(String id) {
    return PATH + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
  }

  private static void print(JsonNode client) {
    line("id", client.path("id").asString(""));
    line("name", client.path("name").asString(""));
    line("from", client.path("origin").asString(""));
    line("authenticates", client.path("method").asString(""));
    line("redirects", Print.list(client.path("redirects"), "none"));
    line("by itself", Print.list(client.path("services"), "nothing"));
    line("pushed only", client.path("pushes").asBoolean(false) ? "yes" : "no");
    line("since", client.path("created_at").asString(""));
  }

  private static void line(String what, String value) {
    System.out.println("  " + what + " ".repeat(15 - what.length()) + value);
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists clients.")
  static final class ListClients implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer(
          "GET",
          PATH,
          null,
          answer ->
              Print.table(
                  List.of("NAME", "FROM", "BY ITSELF", "USED", "ID"),
                  answer.path("clients"),
                  c ->
                      List.of(
                          c.path("name").asString(""),
                          c.path("origin").asString(""),
                          Print.list(c.path("services"), "-"),
                          c.path("used_at").isString() ? "yes" : "not yet",
                          c.path("id").asString(""))));
    }
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Adds a client and prints its secret, this once.")
  static final class Add implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "What people see when it asks them.")
    private String name = "";

    @Option(
        names = "--redirect",
        paramLabel = "URI",
        description = "Where answers for people may go; can be given several times.")
    private List<String> redirects = List.of();

    @Option(
        names = "--services",
        split = ",",
        paramLabel = "NAME",
        description = "The services that it may use by itself, without a person.")
    private List<String> services = List.of();

    @Option(
        names = "--auth",
        paramLabel = "METHOD",
        defaultValue = "client_secret_basic",
        description =
            "client_secret_basic (default), client_secret_post, private_key_jwt, or none for a"
                + " program that can keep no secret.")
    private String method = "";

    @Option(
        names = "--keys",
        paramLabel = "FILE",
        description = "Its public keys as a JWK set, for private_key_jwt.")
    private @Nullable Path keys;

    @Option(
        names = "--require-par",
        description = "Take only authorization requests that it pushed (RFC 9126).")
    private boolean pushes;

    @Override
    public Integer call() {
      String text = "";
      if (keys != null) {
        try {
          text = Files.size(keys) > MAX_KEYS ? "" : Files.readString(keys);
        } catch (IOException e) {
          return Print.problem(
              new Problem(Reason.FILE_UNREADABLE, keys + " cannot be read; check its name."));
        }
        if (text.isEmpty()) {
          return Print.problem(
              new Problem(Reason.USAGE, keys + " is no JWK set of at most 16 KiB."));
        }
      }
      return ask.answer(
          "POST",
          PATH,
          Map.of(
              "name", name,
              "redirects", redirects,
              "services", services,
              "method", method,
              "keys", text,
              "pushes", pushes),
          answer -> {
            System.out.println("Added:\n");
            print(answer.path("client"));
            String secret = answer.path("secret").asString("");
            if (!secret.isEmpty()) {
              line("secret", secret);
              System.out.println("\nThe secret is shown this once.");
            }
          });
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one client.")
  static final class Show implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "ID", description = "The client's id.")
    private String id = "";

    @Override
    public Integer call() {
      return ask.answer("GET", path(id), null, ClientsCommand::print);
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description =
          "Removes a client with every grant and token; effective at once. One that registers"
              + " itself, or is known by its document, can come back and ask anew.")
  static final class Remove implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "ID", description = "The client's id.")
    private String id = "";

    @Override
    public Integer call() {
      return ask.answer(
          "DELETE",
          path(id),
          null,
          client -> System.out.println(client.path("name").asString("") + " is removed."));
    }
  }
}
