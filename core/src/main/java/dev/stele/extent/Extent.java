package dev.stele.extent;

import dev.stele.tree.Cursor;

/// A stretch of a file whose blocks lie side by side on the medium, or a hole. Reused from search to search; belongs to
/// one thread.
public final class Extent {
    final Cursor cursor = new Cursor();
    private long fileBlock;
    private long start;
    private long count;
    private boolean unwritten;

    void set(long fileBlock, long start, long count, boolean unwritten) {
        this.fileBlock = fileBlock;
        this.start = start;
        this.count = count;
        this.unwritten = unwritten;
    }

    /// Block of the file it begins at.
    public long fileBlock() {
        return fileBlock;
    }

    /// The block on the medium; 0 for a hole.
    public long start() {
        return start;
    }

    /// Number of blocks.
    public long count() {
        return count;
    }

    /// Block of the file behind the last.
    public long end() {
        return fileBlock + count;
    }

    public boolean isHole() {
        return start == 0;
    }

    /// Whether its blocks are owned but read as zeros.
    public boolean isUnwritten() {
        return unwritten;
    }

    /// Whether what it holds is to be read from the medium: neither a hole nor unwritten.
    public boolean isData() {
        return start != 0 && !unwritten;
    }

    @Override
    public String toString() {
        return fileBlock + "+" + count + (isHole() ? " hole" : " at " + start + (unwritten ? " unwritten" : ""));
    }
}
