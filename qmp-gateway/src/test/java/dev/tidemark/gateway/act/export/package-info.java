@NullMarked
package dev.tidemark.gateway.act.export;

import org.jspecify.annotations.NullMarked;
