package dev.stele.bench;

import dev.stele.api.DaxMapping;
import dev.stele.volume.Volume.MapOption;
import java.util.List;
import java.util.stream.Stream;

/// The rows that single operations are raced in, by one thread and by two.
final class Rows {
    static final int BLOCK_BYTES = 4096;
    private static final MapOption[] OWN = {MapOption.POPULATED, MapOption.UNTRACKED};
    /// Not even memory: raced by two threads against one, beside the rows that have bare memory for a peer.
    static final Row COMPUTE = new Row(Plan.SCALE, "compute", List.of(Peer.RAW_MEMORY), List.of(), null,
            (site, who, i) -> OwnCode.of(ComputeWork.class));

    private Rows() {
    }

    static List<Row> all() {
        return Stream.of(IoRows.all(), PersistRows.all(), MetadataRows.all(), SyncRows.all()).flatMap(List::stream)
                .toList();
    }

    /// Every page of it is there, for a program that makes its stores durable itself and needs nobody to note them.
    static DaxMapping ownMapping(Site site, int instance, long sizeBytes) throws Exception {
        return site.mapping(instance, sizeBytes, OWN);
    }

    /// The same once more, for a peer.
    static DaxMapping sameOwnMapping(Site site, int instance, long sizeBytes) throws Exception {
        return site.sameMapping(instance, sizeBytes, OWN);
    }
}
