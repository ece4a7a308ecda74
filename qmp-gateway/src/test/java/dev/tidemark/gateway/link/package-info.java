@NullMarked
package dev.tidemark.gateway.link;

import org.jspecify.annotations.NullMarked;
