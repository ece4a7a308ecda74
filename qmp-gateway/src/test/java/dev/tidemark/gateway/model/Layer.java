package dev.tidemark.gateway.model;

/** What can be read, cell by cell. Past its end it reads as zeros. */
interface Layer {
    /** Below the lowest layer. */
    Layer NOTHING = new Layer() {
        @Override
        public int cells() {
            return 0;
        }

        @Override
        public long at(int cell) {
            return 0;
        }
    };

    int cells();

    long at(int cell);
}
