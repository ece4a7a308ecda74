package dev.tidemark.coordinator.drill.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the disks of a machine held at the moment of a backup. If QEMU died between the question and the answer, there are
 * two moments at which the backup may have been taken; it has to be one of them, for all disks together.
 */
final class Reference {
    private final List<Map<String, Content>> moments = new ArrayList<>();

    Reference(Map<String, Content> first) {
        moments.add(Map.copyOf(first));
    }

    /** Whether the content is another one than at the moments before. */
    boolean alsoAt(Map<String, Content> later) {
        if (moments.contains(later)) {
            return false;
        }
        moments.add(Map.copyOf(later));
        return true;
    }

    boolean fits(Map<String, Content> restored) {
        return moments.stream()
                .anyMatch(moment -> restored.entrySet().stream()
                        .allMatch(disk -> disk.getValue().equals(moment.get(disk.getKey()))));
    }

    /** In words: where the restored disks differ from each moment. */
    String differences(Map<String, Content> restored) {
        List<String> told = new ArrayList<>();
        for (Map<String, Content> moment : moments) {
            restored.forEach((disk, content) -> {
                Content expected = moment.get(disk);
                told.add("moment " + moments.indexOf(moment) + " " + disk + " granules "
                        + (expected == null ? "of an unknown disk" : expected.differing(content)));
            });
        }
        return String.join("; ", told);
    }

    List<Map<String, Content>> moments() {
        return List.copyOf(moments);
    }
}
