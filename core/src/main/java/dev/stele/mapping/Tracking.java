package dev.stele.mapping;

import java.util.Objects;

/// How stores through a mapping are noticed.
///
/// @param kind what is done
/// @param reason why it is that and not another
public record Tracking(Kind kind, String reason) {
    public Tracking {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(reason);
    }

    /// What is done.
    public enum Kind {
        /// Nothing: no store through the mapping needs a flush of Stele's.
        NONE("no tracking"),
        /// Every page counts as stored to, at every sync.
        PESSIMISTIC("every page counts as stored to"),
        /// The memory management unit is asked which pages were.
        MMU("the MMU tells the pages stored to");

        private final String words;

        Kind(String words) {
            this.words = words;
        }
    }

    @Override
    public String toString() {
        return kind.words + ": " + reason;
    }
}
