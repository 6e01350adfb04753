package dev.stele.bench;

import dev.stele.api.DaxMapping;
import dev.stele.bench.Row.Maker;
import dev.stele.bench.RowResult.Goal;
import dev.stele.volume.Volume.MapOption;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The table: everything that is raced, with the goals.
final class Rows {
    static final int BLOCK_BYTES = 4096;
    static final int LINE_BYTES = 64;
    static final int RECORD_BYTES = 128;
    static final int DIRTY_PAGES = 64;
    /// Syncs of few pages: what they go through is compiled after a hundred. A peer's, ten times as long, is one loop
    /// or one system call.
    private static final int SYNC_WARM_UP = 150;
    /// A file that is appended to is emptied when it has this size.
    private static final int APPENDED_BYTES_MAX = 16 << 20;
    /// Of a log of small records.
    private static final long LOG_BYTES = 16 << 20;
    /// The mapping of the JDK on ext4, whose own `force()` makes a record durable.
    static final String JDK_EXT4_MAPPED = Peer.JDK_EXT4 + "-mapped";
    /// A file whose pages were read when it was mapped, and were not left there by writing it.
    private static final String JDK_EXT4_READ = "jdk-ext4-read";

    private static final List<String> FILE_SYSTEMS =
            List.of(Peer.JDK_TMPFS, Peer.JIMFS, Peer.MEMORY_FILE_SYSTEM);

    private Rows() {
    }

    static List<Row> all() {
        List<Row> rows = new ArrayList<>();
        addReadAndWrite(rows);
        addPersist(rows);
        addMetadata(rows);
        addSync(rows);
        return List.copyOf(rows);
    }

    private static void addReadAndWrite(List<Row> rows) {
        rows.add(new Row("io", "read-4k", "random 4 KiB read into a direct buffer",
                List.of(Peer.JDK_TMPFS, Peer.RAW_MEMORY),
                List.of(new Goal(Peer.JDK_TMPFS, 3.0)), Rows::read));
        rows.add(new Row("io", "overwrite-4k", "random 4 KiB write, durable; the peer without force",
                List.of(Peer.JDK_TMPFS, Peer.RAW_MEMORY), List.of(new Goal(Peer.JDK_TMPFS, 2.7)), Rows::overwrite));
        rows.add(new Row("io", "append-4k-durable", "4 KiB appends, durable with their size; the peer without force",
                List.of(Peer.JDK_TMPFS), List.of(new Goal(Peer.JDK_TMPFS, 4.0)),
                (site, who, i) -> append(site, who, i, false)));
        rows.add(new Row("io", "append-4k-fsync", "4 KiB appends, each followed by force(false)",
                List.of(Peer.JDK_EXT4),
                List.of(new Goal(Peer.JDK_EXT4, 20)), (site, who, i) -> append(site, who, i, true)));
    }

    private static Work read(Site site, String who, int instance) throws Exception {
        return read(site, who, instance, site.sizes().fileBytes());
    }

    static Work read(Site site, String who, int instance, long sizeBytes) throws Exception {
        if (who.equals(Peer.RAW_MEMORY)) {
            return raw(RawReadWork.class, site, instance, sizeBytes);
        }
        FileChannel channel = site.file(who, instance, sizeBytes, BLOCK_BYTES, StandardOpenOption.READ);
        return OwnCode.of(ReadWork.class, channel, sizeBytes / BLOCK_BYTES, BLOCK_BYTES, site.bed().seed() + instance);
    }

    private static Work overwrite(Site site, String who, int instance) throws Exception {
        long sizeBytes = site.sizes().fileBytes();
        if (who.equals(Peer.RAW_MEMORY)) {
            return raw(RawWriteWork.class, site, instance, sizeBytes);
        }
        FileChannel channel = site.file(who, instance, sizeBytes, BLOCK_BYTES, overwriting(who));
        return OwnCode.of(
                OverwriteWork.class, channel, sizeBytes / BLOCK_BYTES, BLOCK_BYTES, site.bed().seed() + instance);
    }

    /// The floor: nothing but the copy, from or to a mapping of a file on tmpfs.
    private static Work raw(Class<? extends Work> type, Site site, int instance, long sizeBytes) throws Exception {
        PeerMapping mapping = site.floorMapping(instance, sizeBytes, BLOCK_BYTES);
        return OwnCode.of(type, mapping, mapping.segment(), BLOCK_BYTES, site.bed().seed() + instance);
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
        return OwnCode.of(AppendWork.class, site.emptyFile(who, instance), options, forces, BLOCK_BYTES,
                (int) Math.min(APPENDED_BYTES_MAX, site.sizes().fileBytes()));
    }

    private static void addPersist(List<Row> rows) {
        List<String> peers = List.of(Peer.LIBPMEM, Peer.LIBPMEM_FFM);
        rows.add(new Row("persist", "persist-64", "store eight bytes to a random line of a mapping and persist it",
                peers, List.of(new Goal(Peer.LIBPMEM, 0.95)), Rows::persist));
        rows.add(new Row("persist", "copy-persist-4k", "copy 4 KiB to a random block of a mapping, durable", peers,
                List.of(new Goal(Peer.LIBPMEM, 0.95)), Rows::copyPersist));
        rows.add(new Row("persist", "map-load", "8-byte loads from a mapping, half in sequence, half at random",
                List.of(Peer.RAW_MEMORY), List.of(new Goal(Peer.RAW_MEMORY, 0.97)), Rows::mapLoad));
        rows.add(new Row("persist", "map-store", "8-byte stores to a mapping, half in sequence, half at random",
                List.of(Peer.RAW_MEMORY), List.of(new Goal(Peer.RAW_MEMORY, 0.97)), Rows::mapStore));
    }

    private static Work persist(Site site, String who, int instance) throws Exception {
        long seed = site.bed().seed() + instance;
        if (who.equals(Contender.STELE)) {
            return OwnCode.of(PersistWork.class, ownMapping(site, instance, site.sizes().fileBytes()), seed);
        }
        return libpmem(site, who, instance, LINE_BYTES);
    }

    private static Work copyPersist(Site site, String who, int instance) throws Exception {
        if (who.equals(Contender.STELE)) {
            DaxMapping mapping = ownMapping(site, instance, site.sizes().fileBytes());
            return OwnCode.of(CopyPersistWork.class, mapping, site.bed().seed() + instance);
        }
        return libpmem(site, who, instance, BLOCK_BYTES);
    }

    private static Work libpmem(Site site, String who, int instance, int unitBytes) throws Exception {
        Libpmem library = site.bed().libpmem().orElse(null);
        if (library == null) {
            return null;
        }
        boolean isLoop = who.equals(Peer.LIBPMEM);
        PeerMapping mapping = site.floorMapping(isLoop ? 0 : 1, site.sizes().fileBytes(), BLOCK_BYTES);
        long seed = site.bed().seed() + instance;
        boolean isLine = unitBytes == LINE_BYTES;
        return isLoop
                ? OwnCode.of(LibpmemLoopWork.class, mapping, mapping.segment(),
                        isLine ? library.persistLines() : library.copyBlocks(), unitBytes, seed)
                : OwnCode.of(LibpmemCallWork.class, mapping, mapping.segment(), unitBytes, seed);
    }

    /// Every page of it is there.
    private static DaxMapping mapping(Site site, int instance, long sizeBytes) throws Exception {
        return site.mapping(instance, sizeBytes, MapOption.POPULATED);
    }

    /// The same for a program that makes its stores durable itself, and needs nobody to note them.
    private static DaxMapping ownMapping(Site site, int instance, long sizeBytes) throws Exception {
        return site.mapping(instance, sizeBytes, MapOption.POPULATED, MapOption.UNTRACKED);
    }

    private static Work mapLoad(Site site, String who, int instance) throws Exception {
        return mapped(site, who, instance, MapLoadWork.class);
    }

    private static Work mapStore(Site site, String who, int instance) throws Exception {
        return mapped(site, who, instance, MapStoreWork.class);
    }

    private static Work mapped(Site site, String who, int instance, Class<? extends Work> type) throws Exception {
        long sizeBytes = site.sizes().fileBytes() / 4;
        if (who.equals(Contender.STELE)) {
            DaxMapping mapping = mapping(site, instance, sizeBytes);
            return OwnCode.of(type, mapping, mapping.segment(), site.bed().seed() + instance);
        }
        PeerMapping mapping = site.floorMapping(instance, sizeBytes, BLOCK_BYTES);
        return OwnCode.of(type, mapping, mapping.segment(), site.bed().seed() + instance);
    }

    private static void addMetadata(List<Row> rows) {
        addMetadata(rows, "create", "Files.createFile", 5, (site, who, i) ->
                OwnCode.of(CreateWork.class, site.directory(who, i), site.sizes().fileCount()));
        addMetadata(rows, "rename", "Files.move within a directory, ATOMIC_MOVE", 5, (site, who, i) ->
                OwnCode.of(RenameWork.class, site.directory(who, i), site.sizes().fileCount()));
        addMetadata(rows, "unlink", "Files.delete of an empty file", 5, (site, who, i) ->
                OwnCode.of(UnlinkWork.class, site.directory(who, i), site.sizes().fileCount()));
        addMetadata(rows, "mkdir", "Files.createDirectory", 5, (site, who, i) ->
                OwnCode.of(MkdirWork.class, site.directory(who, i), site.sizes().fileCount()));
        addMetadata(rows, "stat", "Files.readAttributes(BasicFileAttributes)", 3, (site, who, i) ->
                OwnCode.of(StatWork.class, site.directory(who, i), site.sizes().fileCount(), site.bed().seed() + i));
        addMetadata(rows, "list-10k", "a DirectoryStream over 10 000 names", 3, (site, who, i) ->
                OwnCode.of(ListWork.class, site.directory(who, i), site.sizes().listCount()));
    }

    private static void addMetadata(List<Row> rows, String name, String what, double beforeTmpfs, Maker maker) {
        rows.add(new Row("metadata", name, what + ", durable; the peers without fsync", FILE_SYSTEMS,
                List.of(new Goal(Peer.JDK_TMPFS, beforeTmpfs), new Goal(Peer.JIMFS, 1.0),
                        new Goal(Peer.MEMORY_FILE_SYSTEM, 1.0)), maker));
    }

    private static void addSync(List<Row> rows) {
        rows.add(new Row("sync", "sparse-sync", "stores to 64 pages of a large mapping, and its sync",
                List.of(Peer.FLUSH_EVERYTHING, Peer.JDK_EXT4, JDK_EXT4_READ),
                List.of(new Goal(Peer.FLUSH_EVERYTHING, 20), new Goal(Peer.JDK_EXT4, 10)), Rows::sparseSync));
        rows.add(new Row("sync", "wal", "128-byte records, each durable; jdk-tmpfs is a mapping's force(), which "
                + "persists nothing", List.of(Peer.JDK_EXT4, JDK_EXT4_MAPPED, Peer.JDK_TMPFS),
                List.of(new Goal(Peer.JDK_EXT4, 50), new Goal(JDK_EXT4_MAPPED, 3.85), new Goal(Peer.JDK_TMPFS, 3.85)),
                Rows::log));
    }

    private static Work sparseSync(Site site, String who, int instance) throws Exception {
        long sizeBytes = site.sizes().mappingBytes();
        return switch (who) {
            case Contender.STELE -> sparseSync(site, site.mapping(instance, sizeBytes, MapOption.POPULATED,
                    MapOption.TRACKED), SYNC_WARM_UP);
            case Peer.FLUSH_EVERYTHING -> sparseSync(site, site.mapping(instance + 1, sizeBytes,
                    MapOption.POPULATED, MapOption.UNTRACKED), 0);
            default -> {
                boolean isRead = who.equals(JDK_EXT4_READ);
                if (!site.has(Peer.JDK_EXT4) || isRead && site.sizes().ext4Bytes() < 2.5 * sizeBytes) {
                    yield null;
                }
                PeerMapping mapping = isRead ? site.readMapping(Peer.JDK_EXT4, instance + 1, sizeBytes)
                        : site.jdkMapping(who, instance, sizeBytes);
                yield sparseSync(site, mapping, mapping.segment(), mapping.segment()::force, 0);
            }
        };
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
        if (who.equals(Contender.STELE)) {
            DaxMapping mapping = ownMapping(site, instance, sizeBytes);
            mapping.segment().fill((byte) 0);
            return OwnCode.of(MappedLogWork.class, mapping, RECORD_BYTES);
        }
        boolean isMapped = !who.equals(Peer.JDK_EXT4);
        String where = who.equals(Peer.JDK_TMPFS) ? who : Peer.JDK_EXT4;
        if (!site.has(where)) {
            return null;
        }
        if (isMapped) {
            PeerMapping mapping = site.jdkMapping(where, instance + 1, sizeBytes);
            return OwnCode.of(MappedForceWork.class, mapping, mapping.segment(), RECORD_BYTES);
        }
        return OwnCode.of(ChannelLogWork.class, site.file(who, instance, sizeBytes, BLOCK_BYTES,
                StandardOpenOption.READ, StandardOpenOption.WRITE), RECORD_BYTES);
    }
}
