/** Tests of the evidence: logs that were tampered with, and those that were not. */
@NullMarked
package dev.tidemark.coordinator.evidence;

import org.jspecify.annotations.NullMarked;
