package dev.stele.bench;

import dev.stele.bench.Row.Maker;
import java.util.List;

/// Names: making, changing, finding and listing them.
final class MetadataRows {
    private static final List<String> FILE_SYSTEMS = List.of(Peer.JDK_TMPFS, Peer.JIMFS, Peer.MEMORY_FILE_SYSTEM);

    private MetadataRows() {
    }

    static List<Row> all() {
        return List.of(
                change("create", "Files.createFile", "The goal leaves 0.8 to 1.2 us, a third of it the fence and what "
                        + "it waits for; the rest is spread over some two hundred small loads and stores.",
                        (site, who, i) -> OwnCode.of(
                                CreateWork.class, site.directory(who, i), site.sizes().fileCount())),
                change("rename", "Files.move within a directory, ATOMIC_MOVE", "The goal leaves 1.2 us, some 0.3 of it "
                        + "the fence and what it waits for; the rest is small loads and stores in the cache, for two "
                        + "entries, two slots and two inodes change.",
                        (site, who, i) -> OwnCode.of(
                                RenameWork.class, site.directory(who, i), site.sizes().fileCount())),
                change("unlink", "Files.delete of an empty file", "The goal leaves 1.1 us, some 0.3 of it the fence "
                        + "and what it waits for; the rest is small loads and stores in the cache, none of which takes "
                        + "much.",
                        (site, who, i) -> OwnCode.of(
                                UnlinkWork.class, site.directory(who, i), site.sizes().fileCount())),
                change("mkdir", "Files.createDirectory", "The goal leaves 0.8 us, some 0.3 of it the fence and what it "
                        + "waits for; beside what a create changes there is the parent's count of links.",
                        (site, who, i) -> OwnCode.of(
                                MkdirWork.class, site.directory(who, i), site.sizes().fileCount())),
                look("stat", "Files.readAttributes(BasicFileAttributes)",
                        (site, who, i) -> OwnCode.of(StatWork.class, site.directory(who, i), site.sizes().fileCount(),
                                site.bed().seed() + i)),
                look("list-10k", "a DirectoryStream over 10 000 names",
                        (site, who, i) -> OwnCode.of(
                                ListWork.class, site.directory(who, i), site.sizes().listCount())));
    }

    /// @param whyBehindTmpfs why the goal beside tmpfs is missed
    private static Row change(String name, String what, String whyBehindTmpfs, Maker maker) {
        return row(name, what + ", durable; the peers without fsync", new Goal(Peer.JDK_TMPFS, 5, whyBehindTmpfs),
                "The peer changes objects on the heap and keeps nothing; one fence takes as long.",
                ScaleGoal.withOneLog(), maker);
    }

    private static Row look(String name, String what, Maker maker) {
        return row(name, what, new Goal(Peer.JDK_TMPFS, 3), "The peer hands out objects that it has on the heap.",
                ScaleGoal.withNothingShared(), maker);
    }

    private static Row row(String name, String what, Goal beforeTmpfs, String whyBehindHeap, Goal scaleGoal,
            Maker maker) {
        return new Row("metadata", name, what, FILE_SYSTEMS,
                List.of(beforeTmpfs, new Goal(Peer.JIMFS, 1.0, whyBehindHeap),
                        new Goal(Peer.MEMORY_FILE_SYSTEM, 1.0, whyBehindHeap)),
                scaleGoal, maker);
    }
}
