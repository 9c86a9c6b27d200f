package dev.doorward.agent.bridge;

import dev.doorward.common.mcp.McpMessage;
import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.mcp.McpRevision;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A line that the bridge itself opens and keeps, for callers without a session or for all: begun
 * when it is needed, begun again when it broke, stopped when nobody used it for a while. It finds
 * out which era of MCP the server speaks: {@code initialize} and {@code server/discover} are tried
 * one after the other. Safe on any thread.
 */
final class Lane {
  private static final int MOST_WAITING = 256;
  private static final Duration DISCOVER = Duration.ofSeconds(3);

  /** A server that can be asked; {@code opening} is its answer to initialize or server/discover. */
  record Ready(Conversation conversation, LinePool.Era era, Envelope opening) {}

  private enum Step {
    DISCOVER,
    INITIALIZE,
    READY,
    ENDED
  }

  private final BridgeSettings settings;
  private final LinePool pool;
  private final McpPeek peek;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final Consumer<Envelope> onNotification;
  private final List<Consumer<Outcome<Ready>>> waiting = new ArrayList<>();
  private final Subscriptions subscriptions = new Subscriptions();
  private @Nullable Attempt current;
  private long lastUsed;

  Lane(
      BridgeSettings settings,
      LinePool pool,
      McpPeek peek,
      ScheduledExecutorService timer,
      LongSupplier nanoTime,
      Consumer<Envelope> onNotification) {
    this.settings = settings;
    this.pool = pool;
    this.peek = peek;
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.onNotification = onNotification;
    this.lastUsed = nanoTime.getAsLong();
  }

  /** Tells when the server can be asked, at once where it can, or why it cannot. */
  void whenReady(Consumer<Outcome<Ready>> then) {
    Outcome<Ready> known = null;
    Attempt begun = null;
    synchronized (this) {
      lastUsed = nanoTime.getAsLong();
      Attempt running = current;
      if (running != null && running.ready != null) {
        known = Outcome.ok(running.ready);
      } else if (waiting.size() >= MOST_WAITING) {
        known = Outcome.failed(Reason.OVERLOADED, "too many calls wait for the server to start");
      } else {
        waiting.add(then);
        if (running == null) {
          begun = new Attempt();
          current = begun;
        }
      }
    }
    if (known != null) {
      then.accept(known);
    } else if (begun != null) {
      begun.begin(firstStep());
    }
  }

  private Step firstStep() {
    return settings.shared() || pool.era() == LinePool.Era.LEGACY ? Step.INITIALIZE : Step.DISCOVER;
  }

  /** Stops the line where nobody used it since {@code nanos}; whether it has none now. */
  boolean stopIfIdle(long idleNanos) {
    Attempt idle;
    synchronized (this) {
      idle = current;
      if (idle == null) {
        return waiting.isEmpty();
      }
      if (idle.ready == null
          || idle.conversation.open() > 0
          || !subscriptions.isEmpty()
          || nanoTime.getAsLong() - lastUsed < idleNanos) {
        return false;
      }
      idle.step = Step.ENDED;
      current = null;
    }
    idle.conversation.stop();
    return true;
  }

  /** Whether nobody uses it. */
  synchronized boolean idle() {
    Attempt running = current;
    return running == null
        || (running.ready != null
            && running.conversation.open() == 0
            && waiting.isEmpty()
            && subscriptions.isEmpty());
  }

  /** Streams of 2026-07-28 that are served in place of an older server. */
  Subscriptions subscriptions() {
    return subscriptions;
  }

  synchronized long lastUsed() {
    return lastUsed;
  }

  /** Stops the line. */
  void stop() {
    Attempt running;
    synchronized (this) {
      running = current;
      current = null;
      if (running != null) {
        running.step = Step.ENDED;
      }
    }
    if (running != null) {
      running.conversation.stop();
    }
    settle(Outcome.failed(Reason.SHUTTING_DOWN, "the service is being stopped"));
  }

  /** Asks a running server whether it lives; one that did not answer the last time is stopped. */
  void check() {
    Attempt running;
    synchronized (this) {
      running = current;
      if (running == null || running.ready == null) {
        return;
      }
    }
    running.check();
  }

  private void settle(Outcome<Ready> outcome) {
    List<Consumer<Outcome<Ready>>> told;
    synchronized (this) {
      told = new ArrayList<>(waiting);
      waiting.clear();
    }
    told.forEach(each -> each.accept(outcome));
  }

  /** One line, from its opening to its end. */
  private final class Attempt implements Conversation.Listener {
    private final Conversation conversation =
        new Conversation(peek, BridgeSettings.OPEN_REQUESTS, this);
    private volatile @Nullable Ready ready;
    private volatile Step step = Step.DISCOVER;
    private boolean discovered;
    private volatile boolean checking;

    void begin(Step first) {
      step = first;
      switch (pool.open(conversation)) {
        case Outcome.Failed<ServerLine>(Problem problem) -> fail(problem, false);
        case Outcome.Ok<ServerLine>(ServerLine line) -> {
          conversation.over(line);
          timer.schedule(
              () -> {
                if (step == Step.DISCOVER || step == Step.INITIALIZE) {
                  fail(new Problem(Reason.BACKEND_TIMEOUT, "it was not ready in time"), true);
                }
              },
              settings.limits().startTime().toMillis(),
              TimeUnit.MILLISECONDS);
          go(first);
        }
      }
    }

    private void go(Step next) {
      step = next;
      if (next == Step.DISCOVER) {
        discovered = true;
        timer.schedule(
            () -> {
              if (step == Step.DISCOVER && !settings.shared()) {
                go(Step.INITIALIZE);
              }
            },
            DISCOVER.toMillis(),
            TimeUnit.MILLISECONDS);
        conversation.ask(
            "server/discover", Translation.discoverParams(settings.version()), opened());
      } else {
        conversation.ask("initialize", Translation.initializeParams(settings.version()), opened());
      }
    }

    /** What comes of the step that is gone now. */
    private Sink opened() {
      Step asked = step;
      return new Sink() {
        @Override
        public void before(byte[] json) {}

        @Override
        public void answer(byte[] answer, int errorCode) {
          if (step == asked) {
            answered(answer, errorCode);
          }
        }

        @Override
        public void lost(String id, Reason reason) {}
      };
    }

    private void answered(byte[] answer, int errorCode) {
      boolean modern = step == Step.DISCOVER;
      if (errorCode == 0
          && Envelope.read(peek, answer) instanceof Envelope.Read.Messages(var all, boolean _)
          && (!modern || Translation.namesModern(all.getFirst()))) {
        if (!modern) {
          conversation.tell(Messages.notification("notifications/initialized", "{}"));
        }
        become(
            new Ready(
                conversation, modern ? LinePool.Era.MODERN : LinePool.Era.LEGACY, all.getFirst()));
      } else if (modern && !settings.shared()) {
        go(Step.INITIALIZE);
      } else if (!modern && !discovered) {
        go(Step.DISCOVER);
      } else {
        fail(
            new Problem(
                Reason.BACKEND_PROTOCOL_VIOLATION,
                "it speaks no revision of MCP that this agent knows"),
            true);
      }
    }

    private void become(Ready made) {
      synchronized (Lane.this) {
        if (step == Step.ENDED) {
          return;
        }
        step = Step.READY;
        ready = made;
      }
      pool.era(made.era());
      pool.worked();
      settle(Outcome.ok(made));
    }

    private void fail(Problem problem, boolean opened) {
      synchronized (Lane.this) {
        if (step == Step.ENDED) {
          return;
        }
        step = Step.ENDED;
        if (current == this) {
          current = null;
        }
      }
      if (opened) {
        pool.failed(problem);
        conversation.stop();
      }
      settle(Outcome.failed(problem));
    }

    void check() {
      if (checking) {
        synchronized (Lane.this) {
          step = Step.ENDED;
          if (current == this) {
            current = null;
          }
        }
        pool.failed(new Problem(Reason.BACKEND_TIMEOUT, "it does not answer to ping"));
        conversation.stop();
        return;
      }
      checking = true;
      Ready asked = ready;
      boolean modern = asked != null && asked.era() == LinePool.Era.MODERN;
      conversation.ask(
          modern ? "server/discover" : "ping",
          modern ? Translation.discoverParams(settings.version()) : "{}",
          new Sink() {
            @Override
            public void before(byte[] json) {}

            @Override
            public void answer(byte[] answer, int errorCode) {
              checking = false;
            }

            @Override
            public void lost(String id, Reason reason) {}
          });
    }

    @Override
    public void onNotification(Envelope notification) {
      subscriptions.tell(notification.method());
      onNotification.accept(notification);
    }

    @Override
    public void onRequest(Envelope request) {
      if (request.message() instanceof McpMessage.Request(var id, var _, var _, var _, var _)) {
        conversation.tell(
            Messages.error(
                id.json(),
                Messages.METHOD_NOT_FOUND,
                "Nobody can be asked: the caller has no session of its own."));
      }
    }

    @Override
    public void onEnd(Reason reason, String text) {
      Step was;
      Attempt again = null;
      synchronized (Lane.this) {
        was = step;
        step = Step.ENDED;
        if (current == this) {
          current = null;
          if (was == Step.DISCOVER && pool.era() == LinePool.Era.UNKNOWN && !waiting.isEmpty()) {
            // Some servers end when the first message is not initialize.
            pool.era(LinePool.Era.LEGACY);
            again = new Attempt();
            current = again;
          }
        }
      }
      if (again != null) {
        again.begin(Step.INITIALIZE);
        return;
      }
      subscriptions.end();
      if (was != Step.ENDED) {
        Problem problem = new Problem(reason, text);
        pool.failed(problem);
        settle(Outcome.failed(problem));
      }
    }
  }

  /** The newest legacy revision, which servers are asked for. */
  static String legacy() {
    return McpRevision.R2025_11_25.text();
  }
}
