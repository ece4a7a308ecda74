package dev.tidemark.coordinator.modelcheck;

import java.util.Arrays;

/** States in the order in which they were found, each with the one it was found from; open addressing, no hash is trusted. */
final class StateSet {
    private static final int CHUNK_BITS = 20;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final int words;
    private long[][] states = new long[4][];
    private int[][] parents = new int[4][];
    private int[] table = new int[1 << 16];
    private int size;

    StateSet(int words) {
        this.words = words;
    }

    int size() {
        return size;
    }

    /** True if it is new. */
    boolean add(long[] state, int parent) {
        int slot = slot(state);
        if (table[slot] != 0) {
            return false;
        }
        int chunk = size >>> CHUNK_BITS;
        if (chunk == states.length) {
            states = Arrays.copyOf(states, chunk * 2);
            parents = Arrays.copyOf(parents, chunk * 2);
        }
        if ((size & (CHUNK - 1)) == 0) {
            states[chunk] = new long[CHUNK * words];
            parents[chunk] = new int[CHUNK];
        }
        System.arraycopy(state, 0, states[chunk], (size & (CHUNK - 1)) * words, words);
        parents[chunk][size & (CHUNK - 1)] = parent;
        table[slot] = ++size;
        if (size * 5L > table.length * 3L) {
            grow();
        }
        return true;
    }

    /** Its number, or -1. */
    int find(long[] state) {
        return table[slot(state)] - 1;
    }

    void get(int number, long[] into) {
        System.arraycopy(states[number >>> CHUNK_BITS], (number & (CHUNK - 1)) * words, into, 0, words);
    }

    int parent(int number) {
        return parents[number >>> CHUNK_BITS][number & (CHUNK - 1)];
    }

    private int slot(long[] state) {
        int mask = table.length - 1;
        int slot = hash(state, 0) & mask;
        while (table[slot] != 0) {
            int number = table[slot] - 1;
            long[] chunk = states[number >>> CHUNK_BITS];
            int at = (number & (CHUNK - 1)) * words;
            boolean same = true;
            for (int word = 0; word < words && same; word++) {
                same = chunk[at + word] == state[word];
            }
            if (same) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void grow() {
        int[] larger = new int[table.length * 2];
        int mask = larger.length - 1;
        for (int number = 0; number < size; number++) {
            int slot = hash(states[number >>> CHUNK_BITS], (number & (CHUNK - 1)) * words) & mask;
            while (larger[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            larger[slot] = number + 1;
        }
        table = larger;
    }

    private int hash(long[] from, int at) {
        long hash = 0x9E3779B97F4A7C15L;
        for (int word = 0; word < words; word++) {
            hash = (hash ^ from[at + word]) * 0xBF58476D1CE4E5B9L;
            hash ^= hash >>> 32;
        }
        hash *= 0x94D049BB133111EBL;
        return (int) (hash ^ hash >>> 29);
    }
}
