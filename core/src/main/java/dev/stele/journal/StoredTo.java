package dev.stele.journal;

/// Who is told where words were stored, so that their lines are flushed after the last of them.
interface StoredTo {
    /// Something was stored to the range, which lies in one block.
    void add(long at, long byteCount);
}
