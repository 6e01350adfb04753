package dev.stele.interleave;

/// What an exploration has seen.
///
/// @param interleavings runs to the end, no two of which are equivalent by the independence of their steps
/// @param redundant runs given up because every continuation had been seen
/// @param steps steps taken in states not seen before
/// @param longest steps of the longest run
/// @param powerCuts images of power cuts looked at
/// @param isComplete whether nothing is left to explore
public record Coverage(long interleavings, long redundant, long steps, int longest, long powerCuts,
        boolean isComplete) {
    @Override
    public String toString() {
        return interleavings + " interleavings, " + redundant + " redundant, " + steps + " steps, longest " + longest
                + ", " + powerCuts + " power cuts" + (isComplete ? "" : ", NOT EXHAUSTED");
    }
}
