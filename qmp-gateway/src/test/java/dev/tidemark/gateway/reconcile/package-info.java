@NullMarked
package dev.tidemark.gateway.reconcile;

import org.jspecify.annotations.NullMarked;
