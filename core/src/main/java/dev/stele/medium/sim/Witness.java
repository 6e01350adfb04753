package dev.stele.medium.sim;

/// Somebody told of everything that is done to a [SimMedium], in order, by the thread that does it, with the medium's
/// monitor held. Stores made to its memory without a verb are for the witness to find, by comparison.
public interface Witness {
    /// Before a verb stores to a range.
    void storing(long at, long byteCount);

    /// When it has.
    ///
    /// @param isStreamed whether the lines were also sent on their way
    void stored(long at, long byteCount, boolean isStreamed);

    /// When this thread sends the lines of a range on their way.
    void flushing(long at, long byteCount);

    /// When this thread begins to wait for what it has sent: before anything of that is durable.
    void draining();
}
