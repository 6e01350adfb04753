package dev.stele.medium.sim;

/// An aligned word of one of the lines of a cut.
///
/// @param line index of its line among those of the cut
/// @param word index of the word in its line, 0 to 7
record CutWord(int line, int word) {
}
