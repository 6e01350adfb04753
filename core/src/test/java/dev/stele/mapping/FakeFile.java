package dev.stele.mapping;

import dev.stele.medium.Medium;
import java.util.TreeMap;

/// Block map of a file, and its bytes on the medium.
final class FakeFile implements BlockMap {
    private final TreeMap<Long, Long> blocks = new TreeMap<>();
    private final Medium medium;

    FakeFile(Medium medium) {
        this.medium = medium;
    }

    FakeFile put(long fileBlock, long mediumBlock, long count) {
        for (long i = 0; i < count; i++) {
            blocks.put(fileBlock + i, mediumBlock + i);
        }
        return this;
    }

    FakeFile remove(long fileBlock, long count) {
        blocks.subMap(fileBlock, fileBlock + count).clear();
        return this;
    }

    Long blockOf(long fileBlock) {
        return blocks.get(fileBlock);
    }

    /// Deliberately one block at a time: neighbours must be joined by whoever wants runs.
    @Override
    public void forEachWritten(long firstBlock, long blockCount, RunVisitor visitor) {
        blocks.subMap(firstBlock, firstBlock + blockCount).forEach((file, at) -> visitor.run(file, at, 1));
    }

    /// What `read` of the file would return.
    long readLong(long offset) {
        Long block = blocks.get(offset / Medium.PAGE_BYTES);
        return block == null ? 0 : medium.data().segment().get(java.lang.foreign.ValueLayout.JAVA_LONG,
                block * Medium.PAGE_BYTES + offset % Medium.PAGE_BYTES);
    }

    /// What `write` to the file would do.
    void writeLong(long offset, long value) {
        medium.data().putLong(blocks.get(offset / Medium.PAGE_BYTES) * Medium.PAGE_BYTES + offset % Medium.PAGE_BYTES,
                value);
    }
}
