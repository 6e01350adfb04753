package dev.stele.bench;

import dev.stele.api.DaxMapping;
import dev.stele.bench.Row.Maker;
import dev.stele.medium.Medium;
import dev.stele.volume.Volume.MapOption;
import java.util.List;

/// Loads from mappings, stores to them, and making stores durable.
final class PersistRows {
    private static final List<String> LIBPMEM = List.of(Peer.LIBPMEM, Peer.LIBPMEM_FFM);
    private static final List<String> BARE_MEMORY = List.of(Peer.RAW_MEMORY);

    private PersistRows() {
    }

    static List<Row> all() {
        return List.of(
                row("persist-64", LIBPMEM, 0.95, false, PersistRows::persist),
                row("copy-persist-4k", LIBPMEM, 0.95, false, PersistRows::copyPersist),
                row("map-load", BARE_MEMORY, 0.97, true, (site, who, i) -> mapped(site, who, i, MapLoadWork.class)),
                row("map-store", BARE_MEMORY, 0.97, true, (site, who, i) -> mapped(site, who, i, MapStoreWork.class)));
    }

    /// @param atLeast beside the first of the peers
    private static Row row(String name, List<String> peers, double atLeast, boolean areApart, Maker maker) {
        Goal goal = new Goal(peers.getFirst(), atLeast, "The same memory bounds both; by what else the machine does, "
                + "this row differs by some hundredths from run to run.");
        return new Row("persist", name, peers, List.of(goal), ScaleGoal.withNothingShared(), areApart, maker);
    }

    private static Work persist(Site site, String who, int instance) throws Exception {
        if (who.equals(Contender.STELE)) {
            return OwnCode.of(PersistWork.class, Rows.ownMapping(site, instance, site.sizes().fileBytes()),
                    site.bed().seed() + instance);
        }
        return libpmem(site, who, instance, Medium.LINE_BYTES);
    }

    private static Work copyPersist(Site site, String who, int instance) throws Exception {
        if (who.equals(Contender.STELE)) {
            return OwnCode.of(CopyPersistWork.class, Rows.ownMapping(site, instance, site.sizes().fileBytes()),
                    site.bed().seed() + instance);
        }
        return libpmem(site, who, instance, Rows.BLOCK_BYTES);
    }

    /// On the very mapping that Stele's work is on, for where pages lie makes a tenth; at places of its own choice, or
    /// it would find them in the cache.
    private static Work libpmem(Site site, String who, int instance, int unitBytes) throws Exception {
        Libpmem library = site.bed().libpmem().orElse(null);
        if (library == null) {
            return null;
        }
        boolean isLoop = who.equals(Peer.LIBPMEM);
        DaxMapping mapping = Rows.sameOwnMapping(site, instance, site.sizes().fileBytes());
        long seed = Places.next(site.bed().seed() + instance + who.hashCode());
        boolean isLine = unitBytes == Medium.LINE_BYTES;
        return isLoop
                ? OwnCode.of(LibpmemLoopWork.class, mapping, mapping.segment(),
                        isLine ? library.persistLines() : library.copyBlocks(), unitBytes, seed)
                : OwnCode.of(LibpmemCallWork.class, mapping, mapping.segment(), unitBytes, seed);
    }

    private static Work mapped(Site site, String who, int instance, Class<? extends Work> type) throws Exception {
        long sizeBytes = site.sizes().fileBytes() / 4;
        long seed = site.bed().seed() + instance;
        if (who.equals(Contender.STELE)) {
            DaxMapping mapping = site.mapping(instance, sizeBytes, MapOption.POPULATED);
            return OwnCode.of(type, mapping, mapping.segment(), seed);
        }
        PeerMapping mapping = site.floorMapping(instance, sizeBytes, Rows.BLOCK_BYTES);
        return OwnCode.of(type, mapping, mapping.segment(), seed);
    }
}
