package dev.doorward.auth.page;

import java.util.List;

/**
 * Buttons that lead to accounts elsewhere.
 *
 * @param buttons in the order of their names
 * @param purpose {@code link} where an account is to be linked, or empty
 * @param request the authorization request that waits, or empty
 * @param errand code of the errand that waits, or empty
 * @param code of the setup link that the account stands for, or empty
 */
public record UpstreamButtons(
    List<Button> buttons, String purpose, String request, String errand, String code, String csrf) {
  /** Copies the buttons. */
  public UpstreamButtons {
    buttons = List.copyOf(buttons);
  }

  /** A button. */
  public record Button(String name, String label) {}
}
