/**
 * The QMP client: bytes ↔ messages, one session per socket, limits, and errors by meaning.
 *
 * <p>In: commands from an allow-list ({@link dev.tidemark.gateway.qmp.QmpCommand}). Out: replies as JSON, events as
 * hints, and one of four {@link dev.tidemark.gateway.qmp.QmpException}s. Never: {@code quit}, {@code system_*},
 * {@code human-monitor-command}, a bitmap command outside a transaction, a decision about what an error's text says,
 * a silent second try.
 *
 * <p>The layers, each in its own files: message ({@code QmpMessage}, {@code QmpMessageParser}), framing
 * ({@code LineReader}), session ({@code QmpSession}, {@code PendingCommands}, {@code CommandWriter}), and beside them
 * who owns a socket ({@code SocketOwnership}) and who answers on it ({@code PeerProcess}).
 */
@NullMarked
package dev.tidemark.gateway.qmp;

import org.jspecify.annotations.NullMarked;
