package dev.stele.crash.mutants;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/// What a verb does, and with that what can be done to a call of it.
public enum Kind {
    /// Puts bytes in the cache.
    STORE(Mutation.DROP, Mutation.SHORTEN, Mutation.SWAP, Mutation.LATE),
    /// Puts bytes in the cache and sends them on their way.
    STREAM(Mutation.DROP, Mutation.SHORTEN, Mutation.UNSENT, Mutation.SWAP),
    /// Sends lines on their way.
    FLUSH(Mutation.DROP, Mutation.SHORTEN, Mutation.SWAP),
    /// Waits until they have arrived.
    DRAIN(Mutation.DROP, Mutation.SWAP),
    /// Does several of these at once, or one of them in layers below.
    WHOLE(Mutation.DROP, Mutation.SHORTEN),
    /// Puts something into a record that a commit will publish, or says what may be done with one.
    STAGE(Mutation.DROP, Mutation.SHORTEN),
    /// Publishes.
    PUBLISH(Mutation.DROP),
    /// Anything else that a [Plant] changes.
    OTHER;

    final Set<Mutation> mutations;

    Kind(Mutation... all) {
        mutations = EnumSet.noneOf(Mutation.class);
        mutations.addAll(Arrays.asList(all));
    }

    /// Whether a call of this kind, put off, is done behind a call of the other.
    public boolean yieldsTo(Kind other, Mutation mutation) {
        return switch (this) {
            case STORE -> other == DRAIN || mutation == Mutation.SWAP && (other == FLUSH || other == STREAM);
            case STREAM, FLUSH -> other == DRAIN;
            case DRAIN -> other == STORE || other == STREAM || other == FLUSH;
            case OTHER -> other == WHOLE;
            default -> false;
        };
    }
}
