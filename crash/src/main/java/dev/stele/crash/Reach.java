package dev.stele.crash;

/// Which sequences an operation takes part in, besides those of itself alone.
enum Reach {
    /// Of two, beside core operations only.
    BESIDE_CORE,
    /// All of two.
    PAIRS,
    /// All of two and of three.
    CORE
}
