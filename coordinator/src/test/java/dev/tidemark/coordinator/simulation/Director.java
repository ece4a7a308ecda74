package dev.tidemark.coordinator.simulation;

/** Decides what goes wrong, and when. */
interface Director {
    /** Is called before and after each call; may kill, write and meddle. */
    void at(Site site, boolean after);

    /** What befalls this call. */
    Fault fault(Site site);

    /** How often of 10,000 times a job fails instead of getting on. */
    int jobFaults();

    /** From now on nothing goes wrong. */
    void calm();
}
