package dev.tidemark.coordinator.nthcall;

/** How a call to the database fails. Whatever a server can say by itself is said by the real one. */
enum Way {
    /** The network breaks before the server has heard of it; the session lives on until the pool ends it. */
    UNSENT,
    /** The server answers that two transactions got into each other's way (40001), and the transaction has failed. */
    COLLISION,
    /** The server answers that it gave the statement up (57014), and the transaction has failed. */
    CANCELLED,
    /** The server does it, and the connection breaks before it can say so. */
    ANSWER_LOST,
    /** The server has ended the session before (pg_terminate_backend). */
    SESSION_ENDED
}
