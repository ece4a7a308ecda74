package dev.tidemark.coordinator.drill.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What retention does, at random and while faults are injected: a backup takes in what it stands on, and that goes. All that held
 * something with its help is then judged again.
 */
final class Thinning {
    private final Scene scene;
    private final Random random;

    Thinning(Scene scene, Random random) {
        this.scene = scene;
        this.random = random;
    }

    /**
     * @param completed the backups that there are; what goes is taken out
     * @param unjudged those that still have to be compared; what goes is taken out, what was merged comes back
     */
    void once(Client client, Map<String, Made> completed, List<Made> unjudged)
            throws Refused, Wire.Silent, Client.Broken, InterruptedException {
        if (completed.isEmpty()) {
            return;
        }
        List<String> ids = new ArrayList<>(completed.keySet());
        String chosen = ids.get(random.nextInt(ids.size()));
        Set<String> below = parents(client.backup(chosen));
        if (below.isEmpty()) {
            delete(client, chosen, completed, unjudged);
            return;
        }
        boolean everything = random.nextInt(4) == 0;
        if (!Client.isDone(client.ended(client.merge(chosen, everything)))) {
            return;
        }
        scene.tally().count(everything ? "merged to full ones" : "merged");
        for (String id : ids) {
            if (id.equals(chosen) || parents(client.backup(id)).contains(chosen)) {
                comeBack(completed.get(id), unjudged);
            }
        }
        for (String parent : below) {
            delete(client, parent, completed, unjudged);
        }
    }

    private static void comeBack(@Nullable Made made, List<Made> unjudged) {
        if (made != null && !unjudged.contains(made)) {
            unjudged.add(made);
        }
    }

    /** Refused while another stands on it: then it stays. */
    private void delete(Client client, String id, Map<String, Made> completed, List<Made> unjudged)
            throws Refused, Wire.Silent, Client.Broken, InterruptedException {
        boolean deleted = Client.isDone(client.ended(client.deleteBackup(id)));
        boolean there = client.backup(id).path("state").asString("").equals("COMPLETED");
        if (deleted == there) {
            throw new Client.Broken(
                    Findings.Kind.LOST, "backup " + id + (deleted ? " was deleted and is there" : " went undeleted"));
        }
        if (deleted) {
            scene.tally().count("backups deleted");
            completed.remove(id);
            unjudged.removeIf(made -> made.id().equals(id));
        }
    }

    private static Set<String> parents(JsonNode backup) {
        Set<String> parents = new TreeSet<>();
        for (JsonNode disk : backup.path("disks")) {
            String parent = disk.path("parent").asString("");
            if (!parent.isEmpty()) {
                parents.add(parent);
            }
        }
        return parents;
    }
}
