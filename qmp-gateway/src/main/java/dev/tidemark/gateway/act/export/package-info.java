/**
 * Where clients read pull backups and restore points: a unix socket in a directory that nobody else can enter, or a TCP port behind TLS.
 *
 * <p>In: a machine or an operation, what the gateway was told of ports and keys. Out: an {@link dev.tidemark.gateway.act.export.ExportSocket}, which
 * knows after a crash what was there before it. Never: a word to QEMU, the content of a key.
 */
@NullMarked
package dev.tidemark.gateway.act.export;

import org.jspecify.annotations.NullMarked;
