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

/** {@code doorward enterprise}: who people are to the identity providers in edge.yaml. */
@Command(
    name = "enterprise",
    mixinStandardHelpOptions = true,
    description = "Who people are to the identity providers that edge.yaml trusts (ID-JAG).",
    subcommands = {
      EnterpriseCommand.ListLinks.class,
      EnterpriseCommand.Link.class,
      EnterpriseCommand.Unlink.class
    })
final class EnterpriseCommand implements Runnable {
  private static final String PATH = "/v1/enterprise";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say list, link or unlink");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists who is linked.")
  static final class ListLinks implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer(
          "GET",
          PATH,
          null,
          answer ->
              Print.table(
                  List.of("PERSON", "ISSUER", "SUB"),
                  answer.path("links"),
                  l ->
                      List.of(
                          l.path("person").asString(""),
                          l.path("issuer").asString(""),
                          l.path("sub").asString(""))));
    }
  }

  @Command(
      name = "link",
      mixinStandardHelpOptions = true,
      description = "Says who a sub of an identity provider is here.")
  static final class Link implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Parameters(paramLabel = "PERSON", description = "The person.")
    private String person = "";

    @Option(names = "--issuer", required = true, paramLabel = "URL", description = "The provider.")
    private String issuer = "";

    @Option(
        names = "--sub",
        required = true,
        paramLabel = "TEXT",
        description = "What the provider calls the person: claim sub, not an e-mail address.")
    private String sub = "";

    @Override
    public Integer call() {
      return ask.answer(
          "POST",
          PATH,
          Map.of("person", person, "issuer", issuer, "sub", sub),
          answer -> System.out.println(sub + " is " + answer.path("person").asString("") + "."));
    }
  }

  @Command(name = "unlink", mixinStandardHelpOptions = true, description = "Takes that back.")
  static final class Unlink implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Option(names = "--issuer", required = true, paramLabel = "URL", description = "The provider.")
    private String issuer = "";

    @Option(names = "--sub", required = true, paramLabel = "TEXT", description = "Its sub.")
    private String sub = "";

    @Override
    public Integer call() {
      return ask.answer(
          "POST",
          PATH + "/unlink",
          Map.of("issuer", issuer, "sub", sub),
          _ -> System.out.println(sub + " is nobody here any more."));
    }
  }
}
