package dev.stele.crash.images;

import dev.stele.format.Layouts;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A field of one structure of an image, at most a word long: longer ones are told word by word.
///
/// @param kind of the structure
/// @param name of the field, with the index of the word where there are several
/// @param ordinal place of the field among those of its structure, to find the same one in another
/// @param at first byte on the medium
/// @param byteCount 1, 2, 4 or 8
/// @param sealAt where the structure begins whose checksum covers the field
record Field(Kind kind, String name, int ordinal, long at, int byteCount, long sealAt) {
    long get(MemorySegment s) {
        return switch (byteCount) {
            case 1 -> s.get(ValueLayout.JAVA_BYTE, at) & 0xFFL;
            case 2 -> s.get(Layouts.U16, at) & 0xFFFFL;
            case 4 -> s.get(Layouts.U32, at) & 0xFFFF_FFFFL;
            default -> s.get(Layouts.U64, at);
        };
    }

    void set(MemorySegment s, long value) {
        switch (byteCount) {
            case 1 -> s.set(ValueLayout.JAVA_BYTE, at, (byte) value);
            case 2 -> s.set(Layouts.U16, at, (short) value);
            case 4 -> s.set(Layouts.U32, at, (int) value);
            default -> s.set(Layouts.U64, at, value);
        }
    }

    int bits() {
        return byteCount * 8;
    }

    /// A value cut to what fits.
    long fitted(long value) {
        return byteCount == 8 ? value : value & (1L << bits()) - 1;
    }

    @Override
    public String toString() {
        return kind + "." + name + " at byte " + at;
    }
}
