package dev.stele.bench;

import dev.stele.api.DaxMapping;
import dev.stele.volume.Volume.MapOption;
import java.lang.foreign.MemorySegment;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Making stores durable that are few in much, and records of a log.
final class SyncRows {
    /// The mapping of the JDK on ext4, whose own `force()` makes a record durable.
    private static final String JDK_EXT4_MAPPED = Peer.JDK_EXT4 + "-mapped";
    /// A file whose pages were read when it was mapped, and were not left there by writing it.
    private static final String JDK_EXT4_READ = Peer.JDK_EXT4 + "-read";

    private static final int RECORD_BYTES = 128;
    private static final int DIRTY_PAGES = 64;
    /// Of a log of small records.
    private static final long LOG_BYTES = 16 << 20;
    /// Syncs of few pages: what they go through is compiled after a hundred. A peer's, ten times as long, is one loop
    /// or one system call.
    private static final int SYNC_WARM_UP = 150;
    /// On ext4 the files of jdk-ext4 and of jdk-ext4-read stand beside each other, and the file system wants some of
    /// the device for itself and its journal: half a file's size is ample.
    private static final double MAPPINGS_OF_EXT4 = 2.5;

    private SyncRows() {
    }

    static List<Row> all() {
        return List.of(
                new Row("sync", "sparse-sync", List.of(Peer.FLUSH_EVERYTHING, Peer.JDK_EXT4, JDK_EXT4_READ),
                        List.of(new Goal(Peer.FLUSH_EVERYTHING, 20, "Most of Stele's time is the kernel's: its look at "
                                + "every entry of the mapping's page table, and a fault for each page stored to."),
                                new Goal(Peer.JDK_EXT4, 10)),
                        ScaleGoal.because("For every page table with a stored page the kernel interrupts the other "
                                + "processor, which takes a virtual one 11 to 13 us; so one thread protects the pages "
                                + "of both while the other sleeps, and only looking for them is done at the same "
                                + "time."),
                        SyncRows::sparseSync),
                new Row("sync", "wal", List.of(Peer.JDK_EXT4, JDK_EXT4_MAPPED, Peer.JDK_TMPFS),
                        List.of(new Goal(Peer.JDK_EXT4, 50), new Goal(JDK_EXT4_MAPPED, 3.85),
                                new Goal(Peer.JDK_TMPFS, 3.85, "The peer is a system call that does nothing on tmpfs; "
                                        + "sending two lines to memory and waiting for them takes longer than the "
                                        + "goal leaves, also in libpmem.")),
                        ScaleGoal.withNothingShared(), SyncRows::log));
    }

    private static Work sparseSync(Site site, String who, int instance) throws Exception {
        long sizeBytes = site.sizes().mappingBytes();
        return switch (who) {
            case Contender.STELE -> sparseSync(site, site.mapping(instance, sizeBytes, MapOption.POPULATED,
                    MapOption.TRACKED), SYNC_WARM_UP);
            case Peer.FLUSH_EVERYTHING -> sparseSync(site, site.mapping(instance + 1, sizeBytes,
                    MapOption.POPULATED, MapOption.UNTRACKED), 0);
            case JDK_EXT4_READ -> site.has(Peer.JDK_EXT4) && site.sizes().ext4Bytes() >= MAPPINGS_OF_EXT4 * sizeBytes
                    ? sparseSync(site, site.readMapping(Peer.JDK_EXT4, instance + 1, sizeBytes)) : null;
            default -> site.has(who) ? sparseSync(site, site.jdkMapping(who, instance, sizeBytes)) : null;
        };
    }

    private static Work sparseSync(Site site, PeerMapping mapping) {
        return sparseSync(site, mapping, mapping.segment(), mapping.segment()::force, 0);
    }

    private static Work sparseSync(Site site, DaxMapping mapping, int warmUpOperations) {
        return sparseSync(site, mapping, mapping.segment(), mapping::force, warmUpOperations);
    }

    private static Work sparseSync(Site site, AutoCloseable mapping, MemorySegment segment, Runnable force,
            int warmUpOperations) {
        return OwnCode.of(SparseSyncWork.class, mapping, segment, force, DIRTY_PAGES, warmUpOperations,
                site.bed().seed());
    }

    private static Work log(Site site, String who, int instance) throws Exception {
        long sizeBytes = Math.min(LOG_BYTES, site.sizes().fileBytes());
        return switch (who) {
            case Contender.STELE -> {
                DaxMapping mapping = Rows.ownMapping(site, instance, sizeBytes);
                mapping.segment().fill((byte) 0);
                yield OwnCode.of(MappedLogWork.class, mapping, RECORD_BYTES);
            }
            case Peer.JDK_EXT4 -> site.has(who)
                    ? OwnCode.of(ChannelLogWork.class, site.file(who, instance, sizeBytes, Rows.BLOCK_BYTES,
                            StandardOpenOption.READ, StandardOpenOption.WRITE), RECORD_BYTES) : null;
            case JDK_EXT4_MAPPED -> mappedLog(site, Peer.JDK_EXT4, instance + 1, sizeBytes);
            default -> mappedLog(site, who, instance + 1, sizeBytes);
        };
    }

    private static Work mappedLog(Site site, String where, int instance, long sizeBytes) throws Exception {
        if (!site.has(where)) {
            return null;
        }
        PeerMapping mapping = site.jdkMapping(where, instance, sizeBytes);
        return OwnCode.of(MappedForceWork.class, mapping, mapping.segment(), RECORD_BYTES);
    }
}
