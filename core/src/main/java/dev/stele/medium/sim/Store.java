package dev.stele.medium.sim;

/// One word of a line as it was stored, not yet known to be durable.
///
/// @param sequence place in program order, counted over the whole medium
/// @param verb the verb it is of, counted over the whole medium
/// @param word index of the word in its line, 0 to 7
/// @param mask bits of the word that were stored
/// @param value the word, with meaning where the mask says so
/// @param owner [#ORDERED], [#LOOSE], or the id of the thread that streamed it
record Store(long sequence, long verb, int word, long mask, long value, long owner) {
    /// An ordinary store: durable only with all ordered stores to the line before it.
    static final long ORDERED = 0;
    /// Seen by comparison: its order against others is not known.
    static final long LOOSE = -1;

    boolean isOrdered() {
        return owner == ORDERED;
    }

    long applyTo(long old) {
        return old & ~mask | value & mask;
    }

    Store without(long bits) {
        return new Store(sequence, verb, word, mask & ~bits, value, owner);
    }
}
