package dev.tidemark.coordinator.cli;

import java.util.ArrayList;
import java.util.List;

/** Remembers what it was asked to run. */
final class SilentLocalVerbs implements LocalVerbs {
    final List<Object> asked = new ArrayList<>();

    @Override
    public int serve(ServeOptions options) {
        asked.add(options);
        return 0;
    }

    @Override
    public int gateway(GatewayOptions options) {
        asked.add(options);
        return 0;
    }

    @Override
    public int demo(DemoOptions options) {
        asked.add(options);
        return 0;
    }

    @Override
    public int bench(BenchOptions options) {
        asked.add(options);
        return 17;
    }

    @Override
    public int drill(DrillOptions options) {
        asked.add(options);
        return 0;
    }

    @Override
    public int soak(SoakRequest request) {
        asked.add(request);
        return 0;
    }
}
