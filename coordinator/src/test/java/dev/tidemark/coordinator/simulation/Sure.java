package dev.tidemark.coordinator.simulation;

import dev.tidemark.gateway.model.ModelRefusal;

/** What the model cannot refuse here; if it does, the simulation is wrong and not what it judges. */
final class Sure {
    private Sure() {}

    interface Asking<T> {
        T ask() throws ModelRefusal;
    }

    interface Saying {
        void say() throws ModelRefusal;
    }

    static <T> T asked(Asking<T> asking) {
        try {
            return asking.ask();
        } catch (ModelRefusal refusal) {
            throw new AssertionError(refusal);
        }
    }

    static void said(Saying saying) {
        try {
            saying.say();
        } catch (ModelRefusal refusal) {
            throw new AssertionError(refusal);
        }
    }
}
