@NullMarked
package dev.tidemark.gateway.act;

import org.jspecify.annotations.NullMarked;
