package dev.stele.bench;

/// What the ratio to a peer should be at least.
///
/// @param whyMissed what a reader is told where it is less, true whatever the figures are; docs/performance.md says
///     more. Empty where no reason is known
record Goal(String peer, double atLeast, String whyMissed) {

    /// A goal that is far away from what may be missed.
    Goal(String peer, double atLeast) {
        this(peer, atLeast, "");
    }
}
