package dev.tidemark.sabotage.gateway.observe;

import java.io.IOException;

public final class StartsAProcess {
    public Process start() throws IOException {
        return new ProcessBuilder("true").start();
    }
}
