package dev.stele.medium.sim;

/// Why a flush of a line was not needed.
public enum FlushWaste {
    /// All that stood in the line was durable.
    CLEAN,
    /// The thread had flushed or streamed the line since its last drain, and nothing was stored to it since.
    REPEATED,
    /// The thread had flushed the line since its last drain, and stored to it again: one flush, later, would have done.
    SPLIT
}
