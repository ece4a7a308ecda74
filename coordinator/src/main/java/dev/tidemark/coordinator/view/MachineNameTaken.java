package dev.tidemark.coordinator.view;

import dev.tidemark.schema.id.MachineName;

/**
 * Another registered machine has the name. A machine's own log cannot know that, so the read model is the judge: the
 * append has to be rolled back and the command refused. Repeating it would not help.
 */
public final class MachineNameTaken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String name;

    MachineNameTaken(MachineName name) {
        super("another machine is registered under the name '" + name + "'");
        this.name = name.value();
    }

    public MachineName name() {
        return new MachineName(name);
    }
}
