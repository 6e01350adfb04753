package dev.stele.mapping;

/// How stores through a writable mapping are to be noticed, as the user asks. What came of it, and why, is
/// [Tracking].
public enum TrackingMode {
    /// Whatever costs less for a mapping of its size on its medium.
    AUTO,
    /// Every page counts as stored to, at every sync.
    PESSIMISTIC,
    /// The memory management unit says which pages were stored to, where it can.
    MMU
}
