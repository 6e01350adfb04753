package dev.stele.volume;

import dev.stele.dirty.Flushing;
import dev.stele.format.Geometry;

/// [SyncStrategy#FILE]: what a file has dirtied stands in its own index. With `isImmediate`, [SyncStrategy#IMMEDIATE]:
/// there it is only what was stored through mappings.
final class FileEngine implements SyncEngine {
    private final Core core;
    private final boolean isImmediate;

    FileEngine(Core core, boolean isImmediate) {
        this.core = core;
        this.isImmediate = isImmediate;
    }

    @Override
    public void stored(Vnode v, long offset, long at, long byteCount) {
        if (isImmediate) {
            persist(v, offset, at, byteCount);
        } else {
            core.file(v).dirty.mark(offset, byteCount);
        }
    }

    private void persist(Vnode v, long offset, long at, long byteCount) {
        boolean isDurable = false;
        try {
            core.data.flush(at, byteCount);
            // Here, because no other thread could wait for what this one has flushed.
            core.medium.drain();
            isDurable = true;
        } finally {
            if (!isDurable) {
                core.file(v).dirty.mark(offset, byteCount);
            }
        }
    }

    @Override
    public void moved(Vnode v, long fileBlock, long mediumBlock, long count) {
        core.file(v).dirty.mark(Geometry.at(fileBlock), Geometry.at(count));
    }

    @Override
    public void flush(SyncRun run, Vnode v, long firstPage, long pageCount) {
        FileState file = v.file;
        if (file != null) {
            Flushing flushing = file.dirty.flush(
                    firstPage, pageCount, file.harvester(), new FileFlusher(core, v, file));
            run.add(v, flushing);
            run.flushed(flushing.lineCount());
        }
    }

    @Override
    public void flushAll(SyncRun run) {
        for (Vnode v : core.vnodes.withFiles()) {
            try {
                flush(run, v, 0, Reclaimer.END_BLOCK);
            } catch (RuntimeException failure) {
                run.failed(v, failure);
            }
        }
    }
}
