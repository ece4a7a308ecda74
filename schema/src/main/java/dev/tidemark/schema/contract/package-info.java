/**
 * The contract between the coordinator and a gateway: what QEMU should hold, what it was seen to hold, and what became
 * of the one thing that was to be done.
 *
 * <p>In: ids and plain values. Out: immutable records that travel as JSON. Never: QMP, SQL, behaviour beyond a fold over
 * the record itself.
 */
@NullMarked
package dev.tidemark.schema.contract;

import org.jspecify.annotations.NullMarked;
