package dev.stele.format;

import java.lang.foreign.MemorySegment;

/// One u32 of a structure, loaded as [Layouts#half] loads it and for the same reason; which half of the word it is, is
/// known beforehand here.
///
/// @param offset in the structure, which begins at a multiple of 8
record U32Field(long offset) {
    int get(MemorySegment s, long at) {
        return (int) ((long) Layouts.WORD.get(s, at + (offset & -8)) >>> (offset & 4) * 8);
    }

    void set(MemorySegment s, long at, int value) {
        Layouts.half(s, at + offset, value);
    }
}
