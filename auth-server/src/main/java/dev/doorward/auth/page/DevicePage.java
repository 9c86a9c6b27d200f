package dev.doorward.auth.page;

import java.util.List;
import java.util.Optional;

/**
 * What a person is asked who entered the code of a device.
 *
 * @param client what the client calls itself
 * @param publisher host whose document describes the client, or empty where nobody vouches for it
 * @param more what it may beside the plain use of the service
 * @param some whether there are tools that the plain use of the service does not cover
 * @param network where the device asked from
 * @param near whether that is the network of this browser
 * @param code the user code, to be compared with the device's
 */
public record DevicePage(
    String client,
    String publisher,
    String service,
    String resource,
    List<ConsentPage.Permission> more,
    boolean some,
    String person,
    String network,
    boolean near,
    String code,
    String csrf) {
  /** Copies the permissions. */
  public DevicePage {
    more = List.copyOf(more);
  }

  /**
   * The form for the code.
   *
   * @param typed what was typed before, or came in the link
   */
  public record Enter(String person, String typed, String csrf, Optional<Phrase> problem) {}
}
