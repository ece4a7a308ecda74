/**
 * The one JSON codec, the explicit, versioned names under which events are stored, and rows for spreadsheets.
 *
 * <p>In: records of this module, bytes. Out: bytes, records, precise errors. Never: default typing, leniency, I/O.
 */
@NullMarked
package dev.tidemark.schema.json;

import org.jspecify.annotations.NullMarked;
