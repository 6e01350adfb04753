package dev.stele.volume;

import dev.stele.dirty.DirtyIndex;
import dev.stele.dirty.Flusher;
import dev.stele.dirty.Flushing;
import dev.stele.format.Geometry;

/// [SyncStrategy#VOLUME]: one list of what was ever stored to, by its place on the medium. It knows no files, so every
/// sync flushes all of it, and cannot tell what has become clean, so nothing ever leaves it.
final class VolumeEngine implements SyncEngine {
    private final Core core;
    private final DirtyIndex list = new DirtyIndex();

    VolumeEngine(Core core) {
        this.core = core;
    }

    @Override
    public void stored(Vnode v, long offset, long at, long byteCount) {
        list.mark(at, byteCount);
    }

    @Override
    public void moved(Vnode v, long fileBlock, long mediumBlock, long count) {
        list.mark(Geometry.at(mediumBlock), Geometry.at(count));
    }

    @Override
    public void flush(SyncRun run, Vnode v, long firstPage, long pageCount) {
        flushAll(run);
    }

    @Override
    public void flushAll(SyncRun run) {
        for (Vnode v : core.vnodes.withFiles()) {
            try {
                list(run, v);
            } catch (RuntimeException failure) {
                run.failed(v, failure);
            }
        }
        run.flushed(list.flushKept(0, Long.MAX_VALUE, new MediumFlusher()));
    }

    /// Puts on the list what was stored through mappings of a file. The file's own index only passes it on; its pages
    /// stay locked until they are durable, for whoever comes meanwhile and finds that nothing was stored.
    private void list(SyncRun run, Vnode v) {
        FileState file = v.file;
        if (file != null) {
            Flushing flushing = file.dirty.flush(0, Reclaimer.END_BLOCK, file.harvester(),
                    new FileFlusher(core, v, file) {
                        @Override
                        void flushMedium(long at, long byteCount) {
                            list.mark(at, byteCount);
                        }
                    });
            run.add(v, flushing);
        }
    }

    private final class MediumFlusher implements Flusher {
        @Override
        public void flush(long offset, long byteCount) {
            core.data.flush(offset, byteCount);
        }

        @Override
        public void drain() {
            core.medium.drain();
        }
    }
}
