package dev.stele.crash.mutants;

/// What is done to one call of a verb.
public enum Mutation {
    /// It is left out; what it would have given is nothing: 0, false, null.
    DROP,
    /// The last line of its range is left out; of a range of bits the last.
    SHORTEN,
    /// The bytes are stored, but not sent on their way.
    UNSENT,
    /// It changes places with the next call that it does not commute with: a store with the next flush or drain, a
    /// flush or a stream with the next drain, a drain with the next store or flush.
    SWAP,
    /// A store is moved behind the next drain.
    LATE,
    /// It is left out, and what it would have said is true; of [Plant]s only.
    TRUE,
    /// Nothing is done to it: such a mutant must survive.
    NOTHING
}
