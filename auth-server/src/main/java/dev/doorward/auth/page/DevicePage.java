package dev.doorward.auth.page;

import java.util.Optional;

/**
 * What a person is asked who entered the code of a device.
 *
 * @param client what the client calls itself
 * @param publisher host whose document describes the client, or empty where nobody vouches for it
 * @param network where the device asked from
 * @param near whether that is the network of this browser
 * @param code the user code, to be compared with the device's
 */
public record DevicePage(
    String client,
    String publisher,
    String service,
    String resource,
    String person,
    String network,
    boolean near,
    String code,
    String csrf) {
  /**
   * The form for the code.
   *
   * @param typed what was typed before, or came in the link
   */
  public record Enter(String person, String typed, String csrf, Optional<Phrase> problem) {}
}
