package dev.stele.bench;

import java.util.Map;

/// Why a goal is not reached, as far as it is known; docs/performance.md says more.
final class Reasons {
    private static final Map<String, String> ALL = Map.of(
            "wal/" + Peer.JDK_TMPFS,
            "The peer is a system call that does nothing on tmpfs; sending two lines to memory and waiting for them "
                    + "takes longer than the goal leaves, also in libpmem.");

    private Reasons() {
    }

    /// Empty where none is known.
    static String of(String row, String peer) {
        return ALL.getOrDefault(row + "/" + peer, "");
    }
}
