package dev.stele.crash.junit;

/// One aligned word of a line as it was stored, not yet durable.
///
/// @param sequence place in program order
/// @param line its number: the offset divided by 64
/// @param word index in its line, 0 to 7
/// @param before what the word held
/// @param mask bits that count; what the others hold is that of older changes
/// @param value the word, with meaning where the mask says so
/// @param kind how it is known
/// @param owner the thread that streamed it, else null
/// @param interval number of the comparison that found it, or before which it was logged
/// @param from where the last comparison before it was; null for what was logged
/// @param at where it was logged, or the comparison that found it
record Change(long sequence, int line, int word, long before, long mask, long value, Kind kind, Thread owner,
        long interval, Site from, Site at) {
    enum Kind {
        /// A verb's store, with its place in program order.
        ORDERED,
        /// A store whose order against others of the same comparison, or the same verb, is not known.
        LOOSE,
        /// Stored past the cache: it stays with its thread until that one drains.
        STREAMED
    }

    boolean isOrdered() {
        return kind == Kind.ORDERED;
    }

    boolean isStreamed() {
        return kind == Kind.STREAMED;
    }

    long applyTo(long old) {
        return old & ~mask | value & mask;
    }

    Change masked(long bits) {
        return new Change(sequence, line, word, before, bits, value, kind, owner, interval, from, at);
    }

    /// The bits of all bytes that it changed.
    long changedBytes() {
        long different = (before ^ value) & mask;
        long bits = 0;
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            bits |= (different >>> shift & 0xFF) != 0 ? 0xFFL << shift : 0;
        }
        return bits;
    }

    /// Offset of the word on the medium.
    long offset() {
        return ((long) line << Lines.SHIFT) + word * 8L;
    }

    String place() {
        return from == null ? "stored at " + at : "stored between " + from.shortly() + " and " + at;
    }
}
