package dev.stele.bench;

import java.util.List;

/// Lucene's own directory of mapped files, on the volume and on ext4.
final class LuceneRows {
    private LuceneRows() {
    }

    static List<Row> all() {
        return List.of(
                new Row("lucene", "lucene", "Lucene indexes 1000 texts and commits", List.of(Peer.JDK_EXT4),
                        List.of(new Goal(Peer.JDK_EXT4, 1.5, "Its fences and what it stores past the cache take well "
                                + "below a millisecond (see their counts); the rest is Lucene's own work, which is "
                                + "the same for both.")),
                        null,
                        (site, who, i) -> make(LuceneIndexWork.class, site, who, i)),
                new Row("lucene", "lucene-search", "Lucene finds ten of 20 000 texts", List.of(Peer.JDK_EXT4),
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
