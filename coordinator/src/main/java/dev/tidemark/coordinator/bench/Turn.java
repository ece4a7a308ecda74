package dev.tidemark.coordinator.bench;

/** What copies the disk once in each round. */
enum Turn {
    COPY("cp", "cp of the image, then fsync"),
    CONVERT("qemu-img convert", "-O qcow2, then fsync"),
    PLAIN_JOB("plain QEMU job", "qemu-img create, blockdev-backup sync=full, close, fsync; no digest"),
    FULL("full backup", "HTTP request to COMPLETED, digests included"),
    INCREMENTAL("incremental backup", "the same, after 5 % of the clusters were rewritten"),
    RESTORE("restore", "of that incremental to qcow2, HTTP request to done, digests included");

    private final String title;
    private final String meaning;

    Turn(String title, String meaning) {
        this.title = title;
        this.meaning = meaning;
    }

    String title() {
        return title;
    }

    String meaning() {
        return meaning;
    }
}
