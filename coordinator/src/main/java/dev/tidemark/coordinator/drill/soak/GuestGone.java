package dev.tidemark.coordinator.drill.soak;

/** QEMU went away in the middle of something. It will come back; what it holds then has to be read anew. */
final class GuestGone extends Exception {
    private static final long serialVersionUID = 1L;

    GuestGone(String during, Throwable cause) {
        super(during, cause);
    }
}
