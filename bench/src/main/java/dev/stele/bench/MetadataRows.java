package dev.stele.bench;

import dev.stele.bench.Row.Maker;
import java.util.List;

/// Names: making, changing, finding and listing them; Stele durable, the peers without a sync.
final class MetadataRows {
    private static final List<String> FILE_SYSTEMS = List.of(Peer.JDK_TMPFS, Peer.JIMFS, Peer.MEMORY_FILE_SYSTEM);

    private MetadataRows() {
    }

    static List<Row> all() {
        return List.of(
                change("create", CreateWork.class, "The goal leaves 0.8 to 1.2 us, a third of it the fence and what "
                        + "it waits for; the rest is spread over some two hundred small loads and stores."),
                change("rename", RenameWork.class, "The goal leaves 1.2 us, some 0.3 of it the fence and what it "
                        + "waits for; the rest is small loads and stores in the cache, for two entries, two slots and "
                        + "two inodes change."),
                change("unlink", UnlinkWork.class, "The goal leaves 1.1 us, some 0.3 of it the fence and what it "
                        + "waits for; the rest is small loads and stores in the cache, none of which takes much."),
                change("mkdir", MkdirWork.class, "The goal leaves 0.8 us, some 0.3 of it the fence and what it waits "
                        + "for; beside what a create changes there is the parent's count of links."),
                look("stat", (site, who, i) -> OwnCode.of(StatWork.class, site.directory(who, i),
                        site.sizes().fileCount(), site.bed().seed() + i)),
                look("list-10k", (site, who, i) -> OwnCode.of(ListWork.class, site.directory(who, i),
                        site.sizes().listCount())));
    }

    /// @param whyBehindTmpfs why the goal beside tmpfs is missed
    private static Row change(String name, Class<? extends Work> type, String whyBehindTmpfs) {
        return row(name, new Goal(Peer.JDK_TMPFS, 5, whyBehindTmpfs),
                "The peer changes objects on the heap and keeps nothing; one fence takes as long.",
                ScaleGoal.withOneLog(),
                (site, who, i) -> OwnCode.of(type, site.directory(who, i), site.sizes().fileCount()));
    }

    private static Row look(String name, Maker maker) {
        return row(name, new Goal(Peer.JDK_TMPFS, 3), "The peer hands out objects that it has on the heap.",
                ScaleGoal.withNothingShared(), maker);
    }

    private static Row row(String name, Goal beforeTmpfs, String whyBehindHeap, Goal scaleGoal, Maker maker) {
        return new Row("metadata", name, FILE_SYSTEMS,
                List.of(beforeTmpfs, new Goal(Peer.JIMFS, 1.0, whyBehindHeap),
                        new Goal(Peer.MEMORY_FILE_SYSTEM, 1.0, whyBehindHeap)),
                scaleGoal, maker);
    }
}
