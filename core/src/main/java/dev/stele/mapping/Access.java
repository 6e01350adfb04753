package dev.stele.mapping;

import dev.stele.cpu.Native;

/// What a mapping may do with the bytes of its file.
public enum Access {
    READ_ONLY(Native.PROT_READ),
    READ_WRITE(Native.PROT_READ | Native.PROT_WRITE),
    /// Stores stay in the mapping; the file never sees them.
    PRIVATE(Native.PROT_READ | Native.PROT_WRITE);

    private final int protection;

    Access(int protection) {
        this.protection = protection;
    }

    int protection() {
        return protection;
    }

    /// @param sharedFlags what the medium wants where bytes are shared with it
    int sharing(int sharedFlags) {
        return this == PRIVATE ? Native.MAP_PRIVATE : sharedFlags;
    }
}
