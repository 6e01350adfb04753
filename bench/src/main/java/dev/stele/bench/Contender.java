package dev.stele.bench;

import dev.stele.medium.PersistenceCounters;
import java.util.List;

/// One side of a race.
///
/// @param name `stele`, or a [Peer]'s
/// @param counters what the work is asked of memory through; empty for a peer, of which nobody counts
record Contender(String name, Work work, List<PersistenceCounters> counters) {
    static final String STELE = "stele";

    static Contender stele(Work work, Bed bed) {
        return new Contender(STELE, work, List.of(bed.counters()));
    }

    static Contender peer(String name, Work work) {
        return new Contender(name, work, List.of());
    }
}
