package dev.tidemark.coordinator;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * What a server makes is its owner's alone, whatever umask it was started with: also what libraries make that ask for no permissions, and
 * the programs that it starts.
 */
final class Umask {
    private static final int OWNER_ONLY = 0b111_111;

    private Umask() {}

    /** From now on, for the whole process. */
    @SuppressWarnings("restricted") // a process has a umask, and Java no word for it
    static void ownerOnly() {
        Linker linker = Linker.nativeLinker();
        MethodHandle umask = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("umask"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        try {
            int _ = (int) umask.invokeExact(OWNER_ONLY);
        } catch (Throwable failure) {
            throw new IllegalStateException("the umask cannot be set", failure);
        }
    }
}
