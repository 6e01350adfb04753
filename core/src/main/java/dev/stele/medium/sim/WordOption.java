package dev.stele.medium.sim;

/// What may be left of a word, as far as nothing is chosen that says otherwise.
///
/// @param fewest ordered stores to its line; -1 where they make no difference to the word
/// @param most of them
/// @param left loose stores to it
/// @param value the word then
record WordOption(int fewest, int most, long left, long value) {
}
