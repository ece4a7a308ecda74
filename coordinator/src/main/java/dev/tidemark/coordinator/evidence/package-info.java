/**
 * Whether the log is still what was written: digests of records, digests of the whole, signed heads, and the verdict on them.
 *
 * <p>In: records as the database or an export of it holds them; the heads and keys that lie outside of the database. Out:
 * heads, and a verdict that names the first record that is wrong. Never: SQL, knowledge of what an event means, a framework,
 * trust in what the database says of itself.
 */
@NullMarked
package dev.tidemark.coordinator.evidence;

import org.jspecify.annotations.NullMarked;
