package dev.stele.mapping;

/// Keeps blocks from being used again while a mapping shows them, whoever owns them. Holds count: a block that was held
/// twice is let go by the second release. Called under the lock of a file's [Mappings], so no inode's lock may be
/// taken.
public interface BlockHolds {
    void hold(long mediumBlock, long count);

    void release(long mediumBlock, long count);
}
