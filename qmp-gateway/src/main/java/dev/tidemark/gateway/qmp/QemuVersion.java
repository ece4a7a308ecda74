package dev.tidemark.gateway.qmp;

/**
 * The version QEMU names in its greeting.
 *
 * @param packaging the distributor's own version, often empty
 */
public record QemuVersion(int major, int minor, int micro, String packaging) {

    @Override
    public String toString() {
        return major + "." + minor + "." + micro;
    }
}
