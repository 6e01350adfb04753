package dev.stele.journal;

/// Somebody who set something aside for a transaction, in memory, and must know how it ended.
public interface Outcome {
    /// The record is durable and applied; called before the operation's locks are released.
    void committed();

    /// Nothing of it happened.
    void aborted();
}
