package dev.doorward.edge.main;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code doorward certificates}: the certificate that clients see. */
@Command(
    name = "certificates",
    mixinStandardHelpOptions = true,
    description = "The certificate that clients see.",
    subcommands = {CertificatesCommand.Show.class, CertificatesCommand.Renew.class})
final class CertificatesCommand implements Runnable {
  private static final String PATH = "/v1/certificates";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say show or renew");
  }

  private static void print(JsonNode view) {
    line("from", view.path("source").asString(""));
    line("names", Print.list(view.path("names"), ""));
    line("ends", view.path("ends").asString(""));
    line("renewal", view.path("renewal").asString(""));
    line("authority", view.path("authority").asString(""));
    line("last failure", view.path("text").asString(""));
    line("next attempt", view.path("next_attempt").asString(""));
  }

  private static void line(String what, String value) {
    if (!value.isEmpty()) {
      System.out.println("  " + what + " ".repeat(14 - what.length()) + value);
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "How it is doing.")
  static final class Show implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer("GET", PATH, null, CertificatesCommand::print);
    }
  }

  @Command(
      name = "renew",
      mixinStandardHelpOptions = true,
      description =
          "Gets another one by ACME now, whatever has failed before. The answer does not wait for"
              + " it.")
  static final class Renew implements Callable<Integer> {
    @Mixin private Ask ask = new Ask();

    @Override
    public Integer call() {
      return ask.answer("POST", PATH, Map.of(), CertificatesCommand::print);
    }
  }
}
