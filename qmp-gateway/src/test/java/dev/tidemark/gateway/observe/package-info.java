@NullMarked
package dev.tidemark.gateway.observe;

import org.jspecify.annotations.NullMarked;
