/**
 * The only code that touches QEMU, image files or a guest agent.
 *
 * <p>In: desired state. Out: observations and outcomes. Never: a database, or a dependency on the coordinator.
 */
@NullMarked
package dev.tidemark.gateway;

import org.jspecify.annotations.NullMarked;
