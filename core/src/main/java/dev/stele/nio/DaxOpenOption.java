package dev.stele.nio;

import java.nio.file.OpenOption;

/// What a file of a Stele volume can be opened with beyond `StandardOpenOption`.
public enum DaxOpenOption implements OpenOption {
    /// Each write happens entirely or not at all, whatever the moment of a crash, and is durable when it returns. It
    /// goes to new blocks that replace the old ones in one journal record.
    ATOMIC
}
