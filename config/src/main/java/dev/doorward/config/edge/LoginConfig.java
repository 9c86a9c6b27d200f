package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.data.SortedHashes;
import dev.doorward.config.value.ByteSize;
import dev.doorward.config.value.ProviderName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The section {@code login} of edge.yaml: how people prove who they are. */
public record LoginConfig(
    @Key(
            doc =
                "Whether people may sign in with a name and a password. Without it they need a"
                    + " passkey or an account at one of login.upstream.",
            fallback = "true")
        boolean password,
    @Key(
            doc =
                "Memory of one password hash (argon2id). As many hashes run at a time as there are"
                    + " processors, 64 more wait, further sign-ins get 503. A changed value holds"
                    + " for a person from their next sign-in on.",
            fallback = "19MiB",
            least = "19MiB",
            most = "1GiB")
        ByteSize hashMemory,
    @Key(doc = "Passes of argon2id over that memory.", fallback = "2", least = "1", most = "20")
        int hashPasses,
    @Key(
            doc =
                "What the wait after failed sign-ins doubles up to. A browser in which the person"
                    + " has signed in before has a count of its own.",
            fallback = "15m",
            least = "1m",
            most = "15m")
        Duration longestWait,
    @Key(
            doc =
                "Failed sign-ins in a row after which an account opens only with a passkey, in a"
                    + " browser known from before, or with a new setup link.",
            fallback = "100",
            least = "10",
            most = "100")
        int closesAfter,
    @Key(
            doc =
                "Failed sign-ins in ten minutes that all strangers together are allowed; past it"
                    + " they wait, known browsers do not.",
            fallback = "300",
            least = "30",
            most = "100000")
        int failuresPerTenMinutes,
    Map<ProviderName, UpstreamConfig> upstream,
    @Key(
            doc =
                "File of stolen passwords that nobody may choose: SHA-1 hashes in hexadecimal, one"
                    + " a line, sorted, with or without a count behind a colon, as Have I Been"
                    + " Pwned publishes them. It is searched on the disk, however large it is, and"
                    + " may be replaced at any time. Lists of this kind come with Doorward only in"
                    + " small.",
            example = "/var/lib/pwned-passwords.txt",
            readable = true)
        Optional<Path> breachedPasswords)
    implements SelfChecked {
  /** Copies the map. */
  public LoginConfig {
    upstream = Map.copyOf(upstream);
  }

  @Override
  public List<Fault> faults() {
    return breachedPasswords
        .flatMap(SortedHashes::fault)
        .map(text -> List.of(new Fault("breached-passwords", text)))
        .orElse(List.of());
  }
}
