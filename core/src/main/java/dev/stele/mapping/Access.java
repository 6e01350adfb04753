package dev.stele.mapping;

import dev.stele.cpu.Native;

/// What a mapping may do with the bytes of its file.
public enum Access {
    READ_ONLY(Native.PROT_READ, Native.MAP_SHARED),
    READ_WRITE(Native.PROT_READ | Native.PROT_WRITE, Native.MAP_SHARED),
    /// Stores stay in the mapping; the file never sees them.
    PRIVATE(Native.PROT_READ | Native.PROT_WRITE, Native.MAP_PRIVATE);

    private final int protection;
    private final int sharing;

    Access(int protection, int sharing) {
        this.protection = protection;
        this.sharing = sharing;
    }

    int protection() {
        return protection;
    }

    /// MAP_SHARED or MAP_PRIVATE.
    int sharing() {
        return sharing;
    }
}
