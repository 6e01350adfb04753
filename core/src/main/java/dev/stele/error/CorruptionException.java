package dev.stele.error;

/// The medium holds bytes that no correct program stored there. Says which structure, at which byte, and what was
/// expected against what was found, so that a person can look, and `stele check` looks at the same place.
public final class CorruptionException extends VolumeException {
    private static final long serialVersionUID = 1L;

    private final String struct;
    private final long at;

    /// @param struct name of the on-media structure, as in docs/format.md
    /// @param at byte offset of the structure on the medium
    /// @param expected what a whole structure would hold
    /// @param found what is there
    public CorruptionException(String struct, long at, String expected, String found) {
        super(Errno.EUCLEAN, struct + " at byte " + at + ": expected " + expected + ", found " + found);
        this.struct = struct;
        this.at = at;
    }

    public CorruptionException(String struct, long at, long expected, long found) {
        this(struct, at, "0x" + Long.toHexString(expected), "0x" + Long.toHexString(found));
    }

    public String struct() {
        return struct;
    }

    public long at() {
        return at;
    }
}
