package dev.doorward.auth.port;

import dev.doorward.auth.engine.GrantWatch;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.enrol.AgentEntry;
import dev.doorward.auth.wire.FeedLine;
import dev.doorward.auth.wire.WireJson;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What edges must know at once: keys, who may use what, which grants live, the table of agents. An
 * edge gets all of it and then every change, in one order for everybody. Nothing here blocks; safe
 * on any thread.
 */
public final class Feed implements GrantWatch {
  /** One edge that reads along. Takes a line without blocking, or ends. */
  public interface Reader {
    /** Sends a line, its line break included. */
    void line(byte[] json);
  }

  private final FeedLine.Hello hello;
  private final Supplier<String> statement;
  private final AgentDirectory agents;
  private final InstantSource clock;

  private final Object lock = new Object();
  private final Set<Reader> readers = new LinkedHashSet<>();
  private final Set<String> grants = new LinkedHashSet<>();
  private List<FeedLine.Holder> holders = List.of();
  private long seq;

  /**
   * A feed that nobody reads yet.
   *
   * @param statement the signed statement of the moment
   */
  public Feed(
      FeedLine.Hello hello,
      Supplier<String> statement,
      AgentDirectory agents,
      InstantSource clock) {
    this.hello = hello;
    this.statement = statement;
    this.agents = agents;
    this.clock = clock;
  }

  /** The run of the auth-server whose sequence numbers these are. */
  String instance() {
    return hello.instance();
  }

  /** How far it is: whatever was done before this call is in the feed up to here. */
  long seq() {
    synchronized (lock) {
      return seq;
    }
  }

  /** Sends everything to {@code reader}, and from then on every change. */
  void join(Reader reader) {
    synchronized (lock) {
      send(reader, hello);
      // Before the keys, whose statement is of a time.
      send(reader, new FeedLine.Beat(clock.millis()));
      send(reader, new FeedLine.Keys(statement.get()));
      send(reader, new FeedLine.Holders(holders));
      send(reader, table());
      List<String> all = new ArrayList<>(grants);
      for (int from = 0; from < all.size(); from += FeedLine.GRANTS) {
        int to = Math.min(all.size(), from + FeedLine.GRANTS);
        send(reader, new FeedLine.Begun(all.subList(from, to)));
      }
      send(reader, new FeedLine.Whole());
      readers.add(reader);
    }
  }

  /** Sends it nothing more. */
  void leave(Reader reader) {
    synchronized (lock) {
      readers.remove(reader);
    }
  }

  /** To be called every {@link FeedLine#BEAT_MILLIS}. */
  public void beat() {
    synchronized (lock) {
      FeedLine.What beat = new FeedLine.Beat(clock.millis());
      byte[] line = line(beat);
      List.copyOf(readers).forEach(reader -> reader.line(line));
    }
  }

  /** The table of agents has changed. */
  public void agentsChanged() {
    synchronized (lock) {
      tell(table());
    }
  }

  /** The statement of keys has changed. */
  public void keysChanged() {
    synchronized (lock) {
      tell(new FeedLine.Keys(statement.get()));
    }
  }

  @Override
  public void holders(Collection<Holder> now) {
    synchronized (lock) {
      holders =
          now.stream()
              .map(h -> new FeedLine.Holder(h.subject().value(), h.all(), names(h.services())))
              .toList();
      tell(new FeedLine.Holders(holders));
    }
  }

  @Override
  public void begun(Collection<String> begun) {
    synchronized (lock) {
      grants.addAll(begun);
      inParts(begun).forEach(part -> tell(new FeedLine.Begun(part)));
    }
  }

  @Override
  public void ended(Collection<String> ended) {
    synchronized (lock) {
      ended.forEach(grants::remove);
      inParts(ended).forEach(part -> tell(new FeedLine.Ended(part)));
    }
  }

  private static List<List<String>> inParts(Collection<String> all) {
    List<String> list = List.copyOf(all);
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < list.size(); from += FeedLine.GRANTS) {
      parts.add(list.subList(from, Math.min(list.size(), from + FeedLine.GRANTS)));
    }
    return parts;
  }

  private void tell(FeedLine.What what) {
    seq++;
    byte[] line = line(what);
    List.copyOf(readers).forEach(reader -> reader.line(line));
  }

  private void send(Reader reader, FeedLine.What what) {
    reader.line(line(what));
  }

  private byte[] line(FeedLine.What what) {
    byte[] json = WireJson.write(new FeedLine(seq, what));
    byte[] line = Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  private FeedLine.Agents table() {
    return new FeedLine.Agents(
        agents.list().stream().map(Feed::agent).toList(), names(agents.services()));
  }

  private static FeedLine.Agent agent(AgentEntry entry) {
    return new FeedLine.Agent(
        entry.id().value(),
        entry.keys().stream().map(Fingerprint::hex).sorted().toList(),
        names(entry.services()),
        entry.revoked(),
        entry.enrolledAt().toEpochMilli(),
        entry.certificateEnds().toEpochMilli());
  }

  private static List<String> names(Collection<ServiceName> services) {
    return services.stream().map(ServiceName::value).sorted().toList();
  }
}
