package dev.tidemark.coordinator.drill.soak;

import dev.tidemark.coordinator.stage.NbdDisk;
import java.io.IOException;
import java.util.List;
import java.util.Random;

/** Writes like a guest: here and there, small and large, zeroes and discards; each time other bytes. */
final class Guest {
    private static final int SECTOR = 512;

    private final QemuUnderTest qemu;
    private final Random random;
    private final int requestsMax;

    /** @param requestsMax in one burst: guests are not equally busy */
    Guest(QemuUnderTest qemu, Random random, int requestsMax) {
        this.qemu = qemu;
        this.random = random;
        this.requestsMax = requestsMax;
    }

    void burst() throws GuestGone {
        for (int count = random.nextInt(requestsMax); count >= 0; count--) {
            List<String> disks = qemu.disks();
            request(disks.get(random.nextInt(disks.size())));
        }
    }

    private void request(String name) throws GuestGone {
        NbdDisk disk = qemu.disk(name);
        int dice = random.nextInt(10);
        int sectors = 1 + random.nextInt(dice < 5 ? 16 : 256);
        long offset = random.nextLong(disk.size() / SECTOR - sectors) * SECTOR;
        int length = sectors * SECTOR;
        try {
            if (dice == 0) {
                disk.zero(offset, length);
            } else if (dice == 1) {
                // Only whole clusters are given back.
                long granule = random.nextLong(disk.size() / Content.GRANULE);
                disk.discard(granule * Content.GRANULE, Content.GRANULE);
            } else {
                byte[] bytes = new byte[length];
                random.nextBytes(bytes);
                disk.write(offset, bytes);
            }
            if (dice == 9) {
                disk.flush();
            }
        } catch (IOException gone) {
            throw qemu.broken("a write to " + name, gone);
        }
    }
}
