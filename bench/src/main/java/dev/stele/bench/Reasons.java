package dev.stele.bench;

import java.util.Map;
import java.util.Set;

/// Why a goal is not reached, as far as it is known; docs/performance.md says more.
final class Reasons {
    private static final Set<String> CHANGES = Set.of("create", "rename", "unlink", "mkdir");
    private static final Set<String> LOOKS = Set.of("stat", "list-10k");

    private static final Map<String, String> BEFORE_TMPFS = Map.of(
            "wal", "The peer is a system call that does nothing on tmpfs; sending two lines to memory and waiting for "
                    + "them takes longer than the goal leaves, also in libpmem.",
            "read-4k", "Blocks are in no cache, and bringing 4 KiB from memory takes a third of the peer's time "
                    + "already (see raw-memory); with blocks in the cache it is seven times.",
            "append-4k-durable", "The goal leaves twice the block and its fence; the record that makes the size "
                    + "durable, and applying it, take more.",
            "create", "The goal leaves 0.8 to 1.2 us, a third of it the fence and what it waits for; the rest is "
                    + "spread over some two hundred small loads and stores.",
            "rename", "As create; two entries, two slots and two inodes change.",
            "unlink", "As create.",
            "mkdir", "As create; the parent's count of links changes, too.");

    private static final String TWO_SYNCS = "For every page table with a stored page the kernel interrupts the other "
            + "processor, which takes a virtual one 11 to 13 us; so one thread protects the pages of both while the "
            + "other sleeps, and only looking for them is done at the same time.";

    private Reasons() {
    }

    /// Empty where none is known.
    static String of(String row, String peer) {
        if (peer.equals(Peer.SELF)) {
            return row.equals("scale-sparse-sync") ? TWO_SYNCS : "";
        }
        if (peer.equals(Peer.JDK_TMPFS)) {
            return BEFORE_TMPFS.getOrDefault(row, "");
        }
        if (!peer.equals(Peer.JIMFS) && !peer.equals(Peer.MEMORY_FILE_SYSTEM)) {
            return "";
        }
        if (CHANGES.contains(row)) {
            return "The peer changes objects on the heap and keeps nothing; one fence takes as long.";
        }
        return LOOKS.contains(row) ? "The peer hands out objects that it has on the heap." : "";
    }
}
