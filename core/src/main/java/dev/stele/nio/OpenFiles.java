package dev.stele.nio;

import java.util.ArrayList;
import java.util.List;

/// The open files of a file system, so that closing it can close them. Each is a link in one of several rings, chosen
/// by the thread that opens it: adding one and removing it are a few stores, under a lock that two threads hardly ever
/// share.
final class OpenFiles {
    private static final int RING_COUNT = 16;

    /// What a file in a ring is to its neighbours. Guarded by the ring.
    abstract static class Link {
        Ring ring;
        Link before;
        Link after;
    }

    /// Where a ring begins and ends; its monitor guards it.
    private static final class Ring extends Link {
        /// Keeps apart, by a cache line and its neighbour, what two threads store to.
        private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15;

        Ring() {
            before = this;
            after = this;
        }
    }

    private final Ring[] rings = new Ring[RING_COUNT];

    OpenFiles() {
        for (int i = 0; i < RING_COUNT; i++) {
            rings[i] = new Ring();
        }
    }

    /// Adds a file that was in no ring before.
    void add(OpenFile file) {
        Ring ring = rings[(int) Thread.currentThread().threadId() & RING_COUNT - 1];
        file.ring = ring;
        synchronized (ring) {
            file.before = ring;
            file.after = ring.after;
            ring.after.before = file;
            ring.after = file;
        }
    }

    /// Removes a file that was added, once.
    void remove(OpenFile file) {
        synchronized (file.ring) {
            file.before.after = file.after;
            file.after.before = file.before;
        }
    }

    /// Those that are open now.
    List<OpenFile> all() {
        List<OpenFile> all = new ArrayList<>();
        for (Ring ring : rings) {
            synchronized (ring) {
                for (Link link = ring.after; link != ring; link = link.after) {
                    all.add((OpenFile) link);
                }
            }
        }
        return all;
    }
}
