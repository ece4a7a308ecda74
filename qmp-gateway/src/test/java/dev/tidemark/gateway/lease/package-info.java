/** Of the right to serve a host. */
@NullMarked
package dev.tidemark.gateway.lease;

import org.jspecify.annotations.NullMarked;
