@NullMarked
package dev.tidemark.gateway.qga;

import org.jspecify.annotations.NullMarked;
