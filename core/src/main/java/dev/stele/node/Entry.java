package dev.stele.node;

/// Where a name was found in a directory; filled by [Directory#find], reusable. Each thread has its own, apart from
/// those of others.
public final class Entry extends Found {
    private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;
}
