package dev.doorward.edge.main;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code doorward services}: what agents offer, and where clients reach it. */
@Command(
    name = "services",
    mixinStandardHelpOptions = true,
    description = "The services that agents offer, and the URL for clients of each.")
final class ServicesCommand implements Callable<Integer> {
  @Mixin private Where where = new Where();

  @Option(names = "--json", description = "Print the answer as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    return Print.answer(
        where,
        json,
        "GET",
        "/v1/services",
        null,
        answer -> {
          List<List<String>> rows = new ArrayList<>();
          answer
              .path("services")
              .forEach(s ->
                  rows.add(
                      List.of(
                          s.path("name").asString(""),
                          s.path("online").asBoolean(false) ? "online" : "offline",
                          Print.list(s.path("agents"), "-"),
                          s.path("url").asString(""))));
          Print.table(List.of("NAME", "STATE", "AGENTS", "URL"), rows);
        });
  }
}
