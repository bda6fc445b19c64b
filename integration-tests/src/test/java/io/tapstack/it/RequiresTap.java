package io.tapstack.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The tests of this class open TAP devices, in a network namespace made for them. Where that cannot
 * be had, they fail if the environment variable CI is {@code true}; elsewhere they are skipped, and
 * say what is missing.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(TapCondition.class)
public @interface RequiresTap {}
