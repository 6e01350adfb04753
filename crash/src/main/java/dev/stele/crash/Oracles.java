package dev.stele.crash;

/// How closely images are looked at.
///
/// @param reopenEvery of how many images one is opened once more
/// @param useEvery of how many images one is used until it is full and emptied again
/// @param remembers whether what was judged once is known when it comes again
public record Oracles(int reopenEvery, int useEvery, boolean remembers) {
    public static final Oracles ALL = new Oracles(1, 1, false);
}
