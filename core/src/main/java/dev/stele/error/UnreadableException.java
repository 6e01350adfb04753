package dev.stele.error;

/// The medium cannot say what bytes it holds: memory that lost them (poison), or a sector its disk cannot read. Says
/// where, so that the file and the place in it can be named, and the block be written anew.
public final class UnreadableException extends VolumeException {
    private static final long serialVersionUID = 1L;

    private final long at;

    /// @param at first byte on the medium that cannot be read
    public UnreadableException(long at) {
        super(Errno.EIO, "byte " + at + " of the medium cannot be read: the memory or the disk there has failed");
        this.at = at;
    }

    /// @param at first byte on the medium that cannot be read
    /// @param offset the same byte, in its file
    public UnreadableException(long at, long offset) {
        super(Errno.EIO, "byte " + offset + " of the file cannot be read: the medium has failed at its byte " + at
                + "; writing the whole block from " + (offset & -4096) + " to " + ((offset & -4096) + 4095)
                + " anew repairs it");
        this.at = at;
    }

    /// First byte on the medium that cannot be read.
    public long at() {
        return at;
    }
}
