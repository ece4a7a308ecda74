package dev.tidemark.sabotage.coordinator.chain;

import tools.jackson.databind.json.JsonMapper;

public final class UsesALibrary {
    public JsonMapper json() {
        return JsonMapper.shared();
    }
}
