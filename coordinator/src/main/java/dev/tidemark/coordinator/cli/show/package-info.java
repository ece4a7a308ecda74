/**
 * How answers look: pages of fields, tables and lines for people at any width, JSON and YAML for programs.
 *
 * <p>In: JSON answers, a width. Out: text. Never: a request, an argument, a raw control character in a page.
 */
@NullMarked
package dev.tidemark.coordinator.cli.show;

import org.jspecify.annotations.NullMarked;
