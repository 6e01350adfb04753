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
            "rename", "The goal leaves 1.2 us, some 0.3 of it the fence and what it waits for; the rest is small "
                    + "loads and stores in the cache, for two entries, two slots and two inodes change.",
            "unlink", "The goal leaves 1.1 us, some 0.3 of it the fence and what it waits for; the rest is small "
                    + "loads and stores in the cache, none of which takes much.",
            "mkdir", "The goal leaves 0.8 us, some 0.3 of it the fence and what it waits for; beside what a create "
                    + "changes there is the parent's count of links.");

    private static final String TWO_SYNCS = "For every page table with a stored page the kernel interrupts the other "
            + "processor, which takes a virtual one 11 to 13 us; so one thread protects the pages of both while the "
            + "other sleeps, and only looking for them is done at the same time.";

    private static final String BESIDE_MEMORY = "The same memory bounds both: what is missing is within what this row "
            + "differs by from run to run, by where pages lie and what else the machine does.";
    private static final String TWO_OF_MEMORY = "Bare memory gains as much as scale-raw-%s says: processors of two "
            + "threads may be halves of one, and share caches and the way to memory.";
    private static final String TWO_OF_ONE_LOG = "A processor's time for an operation is about the same for two "
            + "threads as for one, but both put their records into one log, one after the other; beyond that the rows "
            + "scale-raw-… say what this machine gives to two threads with bare memory.";
    private static final String TWO_OF_NOTHING_SHARED = "The threads store to nothing that both use; the rows "
            + "scale-raw-… say what this machine gives to two threads with bare memory.";
    private static final String CHURNED = "The file's blocks are as large and as aligned as on the fresh volume (row "
            + "aging); what is missing is within what this row differs by from run to run.";
    private static final String INDEXING = "Its fences and what it stores past the cache take well below a millisecond "
            + "(see their counts); the rest is Lucene's own work, which is the same for both.";
    private static final String WORST = "This is the row of two threads that gains least; its reason stands above.";
    private static final Set<String> WITH_A_FLOOR = Set.of("read-4k", "overwrite-4k", "map-load", "map-store");
    private static final Set<String> LOGGED = Set.of("append-4k-durable", "append-4k-fsync", "create", "rename",
            "unlink", "mkdir");

    private Reasons() {
    }

    /// Empty where none is known.
    static String of(String row, String peer) {
        if (peer.equals(Peer.SELF)) {
            return ofTwoThreads(row);
        }
        if (peer.equals(Peer.LIBPMEM) || peer.equals(Peer.RAW_MEMORY)) {
            return BESIDE_MEMORY;
        }
        if (row.equals("lucene")) {
            return INDEXING;
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

    private static String ofTwoThreads(String row) {
        String alone = row.substring(Math.min(row.length(), Plan.SCALE.length() + 1));
        if (row.equals(Plan.SCALE)) {
            return WORST;
        }
        if (!row.startsWith(Plan.SCALE)) {
            return row.startsWith("aging-") ? CHURNED : "";
        }
        if (alone.equals("sparse-sync")) {
            return TWO_SYNCS;
        }
        return WITH_A_FLOOR.contains(alone) ? TWO_OF_MEMORY.formatted(alone)
                : LOGGED.contains(alone) ? TWO_OF_ONE_LOG : TWO_OF_NOTHING_SHARED;
    }
}
