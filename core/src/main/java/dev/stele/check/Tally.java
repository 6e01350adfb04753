package dev.stele.check;

/// Counts for the report.
final class Tally {
    private long inodes;
    private long directories;
    private long files;
    private long symlinks;
    private long extents;
    private long orphans;
    private long sizeBytes;

    void inode(int type, long size) {
        inodes++;
        directories += type == Kind.DIRECTORY ? 1 : 0;
        symlinks += type == Kind.SYMLINK ? 1 : 0;
        if (type == Kind.REGULAR) {
            files++;
            sizeBytes += Math.max(0, size);
        }
    }

    void extents(long count) {
        extents += count;
    }

    void orphan() {
        orphans++;
    }

    Report.Totals totals(long usedBlocks, long freeBlocks) {
        return new Report.Totals(inodes, directories, files, symlinks, extents, orphans, usedBlocks, freeBlocks,
                sizeBytes);
    }
}
