package dev.doorward.testbed.way;

import dev.doorward.testbed.demo.Shape;

/** The same with the auth-server in a process of its own. */
class TokensApartIT extends TokensIT {
  @Override
  Shape shape() {
    return Shape.APART;
  }
}
