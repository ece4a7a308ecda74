package dev.tidemark.coordinator.cli;

/**
 * The verbs that run in this process instead of asking a coordinator. Each returns the exit code. Whoever implements them
 * is loaded when one of them is asked for, so that the others start fast.
 */
public interface LocalVerbs {
    /** Runs a coordinator until it is told to stop. */
    int serve(ServeOptions options);

    /** Runs a gateway until it is told to stop. */
    int gateway(GatewayOptions options);

    /** Plays the whole story on a throw-away machine. */
    int demo(DemoOptions options);

    /** Measures against floors of the same run. */
    int bench(BenchOptions options);

    /** Kills what it started itself, and judges what comes of it. */
    int drill(DrillOptions options);

    /** Plays a long random run with kills, and judges it. */
    int soak(SoakRequest request);
}
