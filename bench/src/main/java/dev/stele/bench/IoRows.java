package dev.stele.bench;

import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;

/// Reading, overwriting and appending blocks through a channel: Stele durable, the peers on tmpfs without force.
final class IoRows {
    /// A file that is appended to is emptied when it has this size.
    private static final int APPENDED_BYTES_MAX = 16 << 20;

    private IoRows() {
    }

    static List<Row> all() {
        return List.of(
                new Row("io", "read-4k", List.of(Peer.JDK_TMPFS, Peer.RAW_MEMORY),
                        List.of(new Goal(Peer.JDK_TMPFS, 3.0, "Blocks are in no cache, and bringing 4 KiB from memory "
                                + "takes a third of the peer's time already (see raw-memory); with blocks in the "
                                + "cache it is seven times.")),
                        ScaleGoal.withNothingShared(), IoRows::read),
                new Row("io", "overwrite-4k", List.of(Peer.JDK_TMPFS, Peer.RAW_MEMORY),
                        List.of(new Goal(Peer.JDK_TMPFS, 2.7, "Storing a block past the cache and its fence are most "
                                + "of it; see raw-memory, a mere copy that makes nothing durable.")),
                        ScaleGoal.withNothingShared(), IoRows::overwrite),
                new Row("io", "append-4k-durable", List.of(Peer.JDK_TMPFS),
                        List.of(new Goal(Peer.JDK_TMPFS, 4.0, "The goal leaves twice the block and its fence; the "
                                + "record that makes the size durable, and applying it, take more.")),
                        ScaleGoal.withOneLog(), (site, who, i) -> append(site, who, i, false)),
                new Row("io", "append-4k-fsync", List.of(Peer.JDK_EXT4), List.of(new Goal(Peer.JDK_EXT4, 20)),
                        ScaleGoal.withOneLog(), (site, who, i) -> append(site, who, i, true)));
    }

    private static Work read(Site site, String who, int instance) throws Exception {
        return read(site, who, instance, site.sizes().fileBytes());
    }

    static Work read(Site site, String who, int instance, long sizeBytes) throws Exception {
        if (who.equals(Peer.RAW_MEMORY)) {
            return raw(RawReadWork.class, site, instance, sizeBytes);
        }
        FileChannel channel = site.file(who, instance, sizeBytes, Rows.BLOCK_BYTES, StandardOpenOption.READ);
        return OwnCode.of(ReadWork.class, channel, sizeBytes / Rows.BLOCK_BYTES, Rows.BLOCK_BYTES,
                site.bed().seed() + instance);
    }

    private static Work overwrite(Site site, String who, int instance) throws Exception {
        long sizeBytes = site.sizes().fileBytes();
        if (who.equals(Peer.RAW_MEMORY)) {
            return raw(RawWriteWork.class, site, instance, sizeBytes);
        }
        FileChannel channel = site.file(who, instance, sizeBytes, Rows.BLOCK_BYTES, overwriting(who));
        return OwnCode.of(OverwriteWork.class, channel, sizeBytes / Rows.BLOCK_BYTES, Rows.BLOCK_BYTES,
                site.bed().seed() + instance);
    }

    /// The floor: nothing but the copy, from or to a mapping of a file on tmpfs.
    private static Work raw(Class<? extends Work> type, Site site, int instance, long sizeBytes) throws Exception {
        PeerMapping mapping = site.floorMapping(instance, sizeBytes, Rows.BLOCK_BYTES);
        return OwnCode.of(type, mapping, mapping.segment(), Rows.BLOCK_BYTES, site.bed().seed() + instance);
    }

    /// Durable when the write returns, or for a peer only written.
    static OpenOption[] overwriting(String who) {
        return who.equals(Contender.STELE)
                ? new OpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DSYNC}
                : new OpenOption[] {StandardOpenOption.READ, StandardOpenOption.WRITE};
    }

    static Work append(Site site, String who, int instance, boolean forces) throws Exception {
        if (!site.has(who)) {
            return null;
        }
        Set<OpenOption> options = !forces && who.equals(Contender.STELE)
                ? Set.of(StandardOpenOption.APPEND, StandardOpenOption.DSYNC) : Set.of(StandardOpenOption.APPEND);
        return OwnCode.of(AppendWork.class, site.emptyFile(who, instance), options, forces, Rows.BLOCK_BYTES,
                (int) Math.min(APPENDED_BYTES_MAX, site.sizes().fileBytes()));
    }
}
