package dev.doorward.agent.link;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.AgentLinkListener;
import dev.doorward.transport.link.AgentLinkSession;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one link up: dials, waits, dials again, and where the edge drains or the certificate is new
 * brings the replacement up before the old one goes. Everything on one loop, on which its
 * connections live too.
 */
final class LinkKeeper {
  private static final Logger log = LoggerFactory.getLogger(LinkKeeper.class);
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final int index;
  private final EventLoop loop;
  private final Links owner;
  private final Backoff backoff;
  private volatile @Nullable AgentLinkSession current;
  private boolean dialing;
  private boolean stopped;
  private @Nullable Reason logged;
  private volatile LinkStatus status;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  LinkKeeper(int index, EventLoop loop, Links owner) {
    this.index = index;
    this.loop = loop;
    this.owner = owner;
    this.backoff = new Backoff(owner.settings().random());
    this.status = status(LinkStatus.State.CONNECTING, "", Optional.empty());
  }

  LinkStatus status() {
    LinkStatus now = status;
    AgentLinkSession link = current;
    return link == null
        ? now
        : new LinkStatus(
            index,
            now.state(),
            now.since(),
            now.name(),
            link.rttMicros(),
            link.openCalls(),
            now.lastProblem());
  }

  private LinkStatus status(LinkStatus.State state, String name, Optional<Problem> problem) {
    return new LinkStatus(index, state, owner.settings().clock().instant(), name, -1, 0, problem);
  }

  /** Any thread. */
  void start(Duration delay) {
    loop.schedule(this::dial, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void dial() {
    if (dialing || stopped) {
      return;
    }
    dialing = true;
    if (current == null) {
      status = status(LinkStatus.State.CONNECTING, "", status.lastProblem());
    }
    if (owner.expired()) {
      owner.revive().thenAccept(problem -> loop.execute(() -> revived(problem)));
    } else {
      connect();
    }
  }

  private void revived(Optional<Problem> problem) {
    if (problem.isPresent()) {
      failed(problem.get());
    } else if (!stopped) {
      connect();
    }
  }

  private void connect() {
    owner
        .dialer()
        .dial(
            loop,
            owner.tls(),
            new LinkDialer.Result() {
              @Override
              public void onConnected(Channel channel) {
                Attempt attempt = new Attempt();
                attempt.session =
                    AgentLinkSession.start(
                        channel,
                        owner.self(index),
                        owner.settings().link(),
                        owner.handler(),
                        attempt,
                        System::nanoTime);
              }

              @Override
              public void onFailed(Problem problem) {
                failed(problem);
              }
            });
  }

  /** Dialling failed, or a link was lost: dial again when it is time. */
  private void failed(Problem problem) {
    dialing = false;
    if (stopped) {
      return;
    }
    Duration delay = backoff.down(System.nanoTime(), problem.reason());
    if (current == null) {
      status = status(LinkStatus.State.WAITING, "", Optional.of(problem));
    }
    if (problem.reason() != logged) {
      // The same cause again and again is said once.
      logged = problem.reason();
      log.atWarn()
          .addKeyValue("event", "link_not_up")
          .addKeyValue("index", index)
          .addKeyValue("reason", problem.reason())
          .log("{}", problem.text());
    }
    loop.schedule(this::dial, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** One connection, from its handshake to its end. */
  private final class Attempt implements AgentLinkListener {
    private @Nullable AgentLinkSession session;
    private boolean wasUp;

    @Override
    public CompletionStage<Optional<Problem>> onHello(String issuer, String keys) {
      return owner.checkHello(issuer, keys);
    }

    @Override
    public void onUp(AgentLinkSession link, String name, Set<ServiceName> granted) {
      wasUp = true;
      dialing = false;
      logged = null;
      backoff.up(System.nanoTime());
      AgentLinkSession old = current;
      current = link;
      status = status(LinkStatus.State.UP, name, status.lastProblem());
      log.atInfo()
          .addKeyValue("event", "link_up")
          .addKeyValue("link", name)
          .addKeyValue("index", index)
          .log("link up");
      owner.granted(granted);
      owner.tellHealth(link);
      if (old != null) {
        old.drain(GRACE, Reason.SHUTTING_DOWN);
      }
      if (stopped) {
        link.drain(Duration.ZERO, Reason.SHUTTING_DOWN);
      }
    }

    @Override
    public void onGranted(Set<ServiceName> granted) {
      owner.granted(granted);
    }

    @Override
    public void onKeys(String keys) {
      owner.offerKeys(keys);
    }

    @Override
    public void onRenewed(List<byte[]> chain) {
      owner.renewed(chain);
    }

    @Override
    public void onRenewalRefused(Problem problem) {
      owner.renewalRefused(problem);
    }

    @Override
    public void onDrain(AgentLinkSession link) {
      if (link.equals(current)) {
        dial();
      }
    }

    @Override
    public void onDown(Problem problem) {
      if (!wasUp) {
        failed(problem);
        return;
      }
      if (session == null || !session.equals(current)) {
        return;
      }
      current = null;
      log.atInfo()
          .addKeyValue("event", "link_down")
          .addKeyValue("index", index)
          .addKeyValue("reason", problem.reason())
          .log("{}", problem.text());
      if (stopped) {
        status = status(LinkStatus.State.STOPPED, "", Optional.empty());
        ended.complete(null);
      } else if (!dialing) {
        failed(problem);
      } else {
        status = status(LinkStatus.State.CONNECTING, "", Optional.of(problem));
      }
    }
  }

  /** Brings a replacement up, then lets the old link go. Any thread. */
  void replace() {
    loop.execute(this::dial);
  }

  /** The link that is up, or null; the keeper's loop. */
  @Nullable AgentLinkSession current() {
    return current;
  }

  EventLoop loop() {
    return loop;
  }

  /** No new calls; running ones have {@code grace}. Completes when the link is gone. Any thread. */
  CompletableFuture<Void> stop(Duration grace) {
    loop.execute(() -> {
      stopped = true;
      AgentLinkSession link = current;
      if (link == null) {
        status = status(LinkStatus.State.STOPPED, "", Optional.empty());
        ended.complete(null);
      } else {
        link.drain(grace, Reason.SHUTTING_DOWN);
      }
    });
    return ended;
  }
}
