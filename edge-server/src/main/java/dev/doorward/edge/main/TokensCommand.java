package dev.doorward.edge.main;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code doorward tokens}: personal access tokens, for clients without OAuth. */
@Command(
    name = "tokens",
    mixinStandardHelpOptions = true,
    description = "Personal access tokens, for clients that cannot sign in by OAuth.",
    subcommands = {
      TokensCommand.ListTokens.class,
      TokensCommand.Create.class,
      TokensCommand.Revoke.class
    })
final class TokensCommand implements Runnable {
  private static final String PATH = "/v1/tokens";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say list, create or revoke");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists tokens.")
  static final class ListTokens implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer(
          "GET",
          PATH,
          null,
          answer ->
              Print.table(
                  List.of("ID", "PERSON", "SERVICE", "NAME", "ENDS", "LAST USED"),
                  answer.path("tokens"),
                  t ->
                      List.of(
                          t.path("id").asString(""),
                          t.path("person").asString(""),
                          t.path("service").asString(""),
                          t.path("name").asString(""),
                          t.path("expires_at").asString(""),
                          t.path("used_at").asString("never"))));
    }
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a token for a person and one service, and prints it, this once.")
  static final class Create implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "NAME", description = "What the token is for, in a few words.")
    private String name = "";

    @Option(
        names = "--person",
        required = true,
        paramLabel = "NAME",
        description = "In whose name it calls.")
    private String person = "";

    @Option(
        names = "--service",
        required = true,
        paramLabel = "NAME",
        description = "The one service that it is good for.")
    private String service = "";

    @Option(
        names = "--scopes",
        split = ",",
        paramLabel = "NAME",
        description = "Scopes of the service that it gets beside the plain use.")
    private List<String> scopes = List.of();

    @Option(
        names = "--life",
        paramLabel = "TIME",
        defaultValue = "30d",
        description = "How long it is good for, e.g. 12h or 30d; 30d if you say nothing.")
    private String life = "30d";

    @Override
    public Integer call() {
      return ask.answer(
          "POST",
          PATH,
          Map.of(
              "person", person,
              "service", service,
              "scopes", scopes,
              "name", name,
              "life", life),
          answer -> {
            System.out.println("Send it as 'Authorization: Bearer ...'. It is shown this once:\n");
            System.out.println("  " + answer.path("secret").asString(""));
          });
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Ends a token at once, on open streams too.")
  static final class Revoke implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "ID", description = "The token, as 'tokens list' names it.")
    private String id = "";

    @Override
    public Integer call() {
      return ask.answer(
          "DELETE",
          PATH + "/" + id,
          null,
          answer -> System.out.println(answer.path("id").asString("") + " is revoked."));
    }
  }
}
