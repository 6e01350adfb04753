package dev.stele.crash.junit;

/// What a power cut may leave of stores that nothing has made durable. In every model different lines of 64 bytes know
/// no order, but in [#EADR].
///
/// *Plain* stores are those made to a segment directly. They are seen by comparing the memory with what it was, at
/// every flush, drain, return of a step and named point: which words changed is known, in which order is not, and Java
/// defines none. *Logged* stores are those of verbs: of a volume's metadata, or of
/// [dev.stele.api.PersistentMemory#copy] and `fill`.
public enum Model {
    /// Of each line a state that it had at some comparison, as a whole: what most machines do most of the time. Weaker
    /// than what is guaranteed; for a first look at a big program.
    LINE,
    /// Of the words of 8 bytes that changed any subset, each with any value it had at a comparison. What Java
    /// guarantees about plain stores, and so what a correct program must stand.
    WORDS,
    /// As [#WORDS], but a line never shows a store without those to the same line that a comparison or the log knows to
    /// be older: what the memory order of x86 adds. Between two comparisons nothing is known, as there.
    TSO_PREFIX,
    /// As [#WORDS], but a word of which only some bytes changed may be torn at any byte: for what is copied or filled
    /// with ends that are not aligned.
    BULK,
    /// A machine whose caches survive: nothing needs to be flushed, and a cut leaves a prefix of all stores since the
    /// last drain, in program order over all lines; between two comparisons any subset of what changed in between.
    EADR
}
