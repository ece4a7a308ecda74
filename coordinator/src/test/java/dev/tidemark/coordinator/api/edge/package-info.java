/**
 * In: the edge, with requests that no client would send. Out: findings. Never: a server.
 */
@NullMarked
package dev.tidemark.coordinator.api.edge;

import org.jspecify.annotations.NullMarked;
