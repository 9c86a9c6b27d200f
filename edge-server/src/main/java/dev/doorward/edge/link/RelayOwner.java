package dev.doorward.edge.link;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.reply.Reply;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Who started a relay; called on the loop of the client. */
public interface RelayOwner {
  /** The head that is about to be sent; may be added to. */
  void onHead(HttpHeaders headers);

  /**
   * The call has failed before anything of an answer came. Gives true where the owner opens it
   * anew; then this relay is over and says no more.
   *
   * @param sent whether any byte may have reached the agent
   */
  boolean onFailedBeforeHead(Problem problem, boolean sent);

  /** The answer to a client whose call is cut for {@code reason} before it was answered. */
  Reply onCut(Reason reason);

  /**
   * The relay is over, once.
   *
   * @param status of the answer that the client was given, 0 where there was none
   * @param reason why it is not a whole answer; null where it is
   */
  void onFinished(int status, @Nullable Reason reason, long bytesFromService);
}
