package dev.doorward.testbed.demo;

/** The demo cannot go on; the message is the sentence for the person at the terminal. */
final class DemoFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String sentence;

  DemoFailure(String sentence) {
    super(sentence, null, false, false);
    this.sentence = sentence;
  }

  String sentence() {
    return sentence;
  }
}
