package dev.stele.bench;

import java.util.List;

/// Lucene's own directory of mapped files, on the volume and on ext4.
final class LuceneRows {
    private LuceneRows() {
    }

    static List<Row> all() {
        return List.of(
                new Row("lucene", "lucene", List.of(Peer.JDK_EXT4),
                        List.of(new Goal(Peer.JDK_EXT4, 1.5, "Lucene's own work, the same for both, is five sixths "
                                + "of the peer's time: a file system that took no time at all would reach 1.2. "
                                + "Stele's part of a commit is a twentieth.")),
                        null,
                        (site, who, i) -> make(LuceneIndexWork.class, site, who, i)),
                new Row("lucene", "lucene-search", List.of(Peer.JDK_EXT4),
                        List.of(new Goal(Peer.JDK_EXT4, 1.0, "Both look in mapped files that are the same, by the "
                                + "same code; this row differs by some hundredths from run to run.")),
                        null,
                        (site, who, i) -> make(LuceneSearchWork.class, site, who, i)));
    }

    private static Work make(Class<? extends Work> type, Site site, String who, int instance) throws Exception {
        return site.has(who)
                ? OwnCode.of(type, site.directory(who, instance).resolve("index"), site.bed().seed()) : null;
    }
}
