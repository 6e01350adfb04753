package dev.stele.bench;

import java.util.List;

/// H2's store of maps in a file, through its own layer of files over a path.
final class H2Rows {
    private H2Rows() {
    }

    static List<Row> all() {
        return List.of(new Row("h2", "h2", List.of(Peer.JDK_EXT4, Peer.JDK_TMPFS), List.of(), null,
                (site, who, i) -> site.has(who)
                        ? OwnCode.of(H2CommitWork.class, site.directory(who, i).resolve("store.mv.db")) : null));
    }
}
