package dev.doorward.edge.main;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doorward services}: what agents offer, and where clients reach it. */
@Command(
    name = "services",
    mixinStandardHelpOptions = true,
    description = "The services that agents offer, and the URL for clients of each.")
final class ServicesCommand implements Callable<Integer> {
  @Mixin private Ask ask = new Ask();

  @Override
  public Integer call() {
    return ask.answer(
        "GET",
        "/v1/services",
        null,
        answer ->
            Print.table(
                List.of("NAME", "STATE", "AGENTS", "URL"),
                answer.path("services"),
                s ->
                    List.of(
                        s.path("name").asString(""),
                        s.path("online").asBoolean(false) ? "online" : "offline",
                        Print.list(s.path("agents"), "-"),
                        s.path("url").asString(""))));
  }
}
