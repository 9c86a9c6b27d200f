package dev.doorward.transport.http;

import java.util.List;

/** The checks of every public request, in the order in which they are asked. */
public final class HeadChecks {
  private HeadChecks() {}

  /**
   * Everything that holds whatever the route.
   *
   * @param authority canonical authority of the public URL
   */
  public static List<HeadCheck> of(String authority, int port, HttpLimits limits) {
    return List.of(
        new MethodCheck(),
        new HeaderShapeCheck(limits),
        new FramingCheck(),
        new AuthorityCheck(authority, port),
        new TargetCheck(),
        new PathCheck(),
        new ConnectionCheck(),
        new CodingCheck(),
        new RepeatedHeaderCheck(),
        new ForgedHeaderCheck());
  }
}
