package dev.tidemark.sabotage.gateway.observe;

public final class TimesOutByTheTimeOfDay {
    public boolean isOver(long sinceMilliseconds) {
        return System.currentTimeMillis() - sinceMilliseconds > 1_000;
    }
}
