package dev.stele.mapping;

/// Where the blocks of a file stand on the medium, as the volume tells it. The caller of whatever takes one holds the
/// inode's lock, so that the answer stays true until the call returns.
@FunctionalInterface
public interface BlockMap {
    /// Calls the visitor for every run of *written* blocks in the range, in ascending order and clipped to the range.
    /// What it is not called for is a hole, or unwritten: it reads as zeros.
    void forEachWritten(long firstBlock, long blockCount, RunVisitor visitor);

    /// Takes one run.
    @FunctionalInterface
    interface RunVisitor {
        /// @param fileBlock index of the first block of the run in the file
        /// @param mediumBlock index of the same block on the medium, not 0
        /// @param count number of blocks, at least 1
        void run(long fileBlock, long mediumBlock, long count);
    }

    /// A single run.
    static BlockMap ofRun(long fileBlock, long mediumBlock, long count) {
        return (firstBlock, blockCount, visitor) -> {
            long from = Math.max(firstBlock, fileBlock);
            long to = Math.min(firstBlock + blockCount, fileBlock + count);
            if (from < to) {
                visitor.run(from, mediumBlock + (from - fileBlock), to - from);
            }
        };
    }

    /// A range without blocks.
    static BlockMap ofHole() {
        return (firstBlock, blockCount, visitor) -> { };
    }
}
