package dev.doorward.edge.main;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code doorward status}: how the running edge is doing. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "How the running edge is doing.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private Ask ask = new Ask();

  @Override
  public Integer call() {
    return ask.answer(
        "GET",
        "/v1/status",
        null,
        s -> {
          System.out.println("The edge serves " + s.path("url").asString("") + ".");
          System.out.println("  version        " + s.path("version").asString(""));
          System.out.println("  process        " + s.path("pid").asLong(0));
          System.out.println("  started        " + s.path("started_at").asString(""));
          System.out.println("  agents online  " + s.path("agents_online").asInt(0));
          System.out.println("  links          " + s.path("links").asInt(0));
          System.out.println("  open calls     " + s.path("open_calls").asInt(0));
        });
  }
}
