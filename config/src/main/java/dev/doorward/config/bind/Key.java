package dev.doorward.config.bind;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a person must know of a key; stands on a record component, whose name in kebab-case is the
 * key. A component that is a record itself is a section. A key is required unless it has a
 * fallback, is an Optional, a List or a Map.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Key {
  /** One or two sentences: what it does, what happens at the bound. */
  String doc();

  /** The value where none is given, as it would be written; empty for none. */
  String fallback() default "";

  /** The least value, as it would be written; empty for none. */
  String least() default "";

  /** The greatest value, as it would be written; empty for none. */
  String most() default "";

  /** A value to show where there is no fallback. */
  String example() default "";

  /** For a path: the file must be there and readable when the configuration is read. */
  boolean readable() default false;
}
