package dev.doorward.auth.login;

import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.PersonStore;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/** The names that people are known by here. */
public final class PersonNames {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._@+-]{0,63}");
  private static final int MOST_SAME = 100;

  private PersonNames() {}

  /** As names are stored and compared. */
  public static String normalise(String typed) {
    return typed.strip().toLowerCase(Locale.ROOT);
  }

  /** Whether a normalised name may be one. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** A name that nobody has, as near as can be to what somebody is called elsewhere. */
  public static String free(Handle h, String wanted, Mint mint) {
    String name = normalise(wanted);
    if (!isName(name) || name.length() > 60) {
      name = "person";
    }
    String candidate = name;
    for (int i = 2; PersonStore.named(h, candidate).isPresent(); i++) {
      candidate = i <= MOST_SAME ? name + "-" + i : normalise(mint.id("person-")).replace('_', '-');
    }
    return candidate;
  }
}
