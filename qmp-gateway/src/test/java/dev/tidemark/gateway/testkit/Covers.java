package dev.tidemark.gateway.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The hazards that a test plays on a real QEMU: {@code #13} is a divergence of qemu-facts §11.1, {@code S5} a silent miss of
 * hazards §1, a word one of those that are named below its table. A test of the coordinator holds the list complete.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Covers {
    /** Which. */
    String[] value();
}
