package dev.stele.interleave.world;

import dev.stele.dirty.DirtyIndex;
import dev.stele.dirty.Flusher;
import dev.stele.dirty.Harvester;
import java.util.concurrent.locks.ReentrantLock;

/// How stores through mappings come to be marks of the index: right, and in the wrong ways of history.
enum Tracking {
    /// Asynchronous write-protection: a scan asks and protects in one step, and its yield is marked at once.
    ASYNC,
    /// C8: a scan forgets all mappings but the first.
    ASYNC_FIRST_MAPPING_ONLY,
    /// Section 3.8: what was written is marked and flushed, and protected only then.
    ASYNC_FLUSH_THEN_PROTECT,
    /// The kernel's way: the fault marks the page and makes it writable under a lock, and a sync protects what it
    /// flushes under the same lock.
    KERNEL,
    /// C9: the fault marks the page, and makes it writable, without that lock.
    KERNEL_WITHOUT_LOCK,
    /// C8: a sync protects the page in the first mapping only.
    KERNEL_FIRST_MAPPING_ONLY,
    /// What is flushed is drained only after the pages are unlocked.
    ASYNC_DRAIN_AFTER_UNLOCK;

    boolean isKernel() {
        return this == KERNEL || this == KERNEL_WITHOUT_LOCK || this == KERNEL_FIRST_MAPPING_ONLY;
    }

    /// What a store to a protected page runs into.
    PageTables.Fault fault(PageTables tables, DirtyIndex index, ReentrantLock entries) {
        return switch (this) {
            case KERNEL, KERNEL_FIRST_MAPPING_ONLY -> (mapping, page) -> {
                entries.lock();
                try {
                    index.markPages(page, 1);
                    tables.allow(mapping, page);
                } finally {
                    entries.unlock();
                }
            };
            case KERNEL_WITHOUT_LOCK -> (mapping, page) -> {
                index.markPages(page, 1);
                tables.allow(mapping, page);
            };
            default -> tables::allow;
        };
    }

    Harvester harvester(PageTables tables) {
        if (isKernel()) {
            return Harvester.NONE;
        }
        return (firstPage, pageCount, index) -> {
            int end = (int) Math.min(EngineScenario.PAGES, firstPage + pageCount);
            boolean[] written = new boolean[EngineScenario.PAGES];
            for (int mapping = 0; mapping < scanned(tables); mapping++) {
                for (int page = (int) firstPage; page < end; page++) {
                    written[page] |= this == ASYNC_FLUSH_THEN_PROTECT
                            ? tables.ask(mapping, page) : tables.protect(mapping, page);
                }
            }
            for (int page = 0; page < written.length; page++) {
                if (written[page]) {
                    index.markPages(page, 1);
                }
            }
        };
    }

    private int scanned(PageTables tables) {
        return this == ASYNC_FIRST_MAPPING_ONLY || this == KERNEL_FIRST_MAPPING_ONLY ? 1 : tables.mappings();
    }

    Flusher flusher(PageTables tables, ReentrantLock entries, Flusher medium) {
        return switch (this) {
            case ASYNC, ASYNC_FIRST_MAPPING_ONLY -> medium;
            case KERNEL, KERNEL_WITHOUT_LOCK, KERNEL_FIRST_MAPPING_ONLY -> new Flusher() {
                @Override
                public void flush(long offset, long byteCount) {
                    entries.lock();
                    try {
                        protect(tables, offset, byteCount);
                    } finally {
                        entries.unlock();
                    }
                    medium.flush(offset, byteCount);
                }

                @Override
                public void drain() {
                    medium.drain();
                }

                @Override
                public long hold() {
                    return medium.hold();
                }

                @Override
                public void release(long held) {
                    medium.release(held);
                }
            };
            case ASYNC_FLUSH_THEN_PROTECT -> new Flusher() {
                @Override
                public void flush(long offset, long byteCount) {
                    medium.flush(offset, byteCount);
                    protect(tables, offset, byteCount);
                }

                @Override
                public void drain() {
                    medium.drain();
                }

                @Override
                public long hold() {
                    return medium.hold();
                }

                @Override
                public void release(long held) {
                    medium.release(held);
                }
            };
            case ASYNC_DRAIN_AFTER_UNLOCK -> new Flusher() {
                @Override
                public void flush(long offset, long byteCount) {
                    medium.flush(offset, byteCount);
                }

                /// The scenario drains when the sync has returned.
                @Override
                public void drain() {
                }
            };
        };
    }

    private void protect(PageTables tables, long offset, long byteCount) {
        long end = Math.min(EngineScenario.PAGES - 1, offset + byteCount - 1 >>> 12);
        for (int page = (int) (offset >>> 12); page <= end; page++) {
            for (int mapping = 0; mapping < scanned(tables); mapping++) {
                tables.protect(mapping, page);
            }
        }
    }
}
