package dev.stele.volume;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.journal.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Makes stores durable: of a file, of a range of it, of the volume. Callers are outside the gate.
///
/// Each is: have the [SyncEngine] lock and flush what is dirty; drain once, with the record of the times of the writes
/// where that is due; give the pages back. Metadata is durable already, except on media of granularity PAGE, where a
/// checkpoint makes all of it so at once.
///
/// A failure is thrown to the caller, kept for every other handle ([ErrorSequence]), and leaves dirty what was so.
final class Syncs {
    /// Inodes are staged into a record until it has no more room than this.
    private static final int RECORD_MARGIN = 1 << 10;

    private final Core core;
    /// Held while a checkpoint is under way.
    private final ReentrantLock checkpoint = new ReentrantLock();
    /// Failures that are not one file's.
    private final ErrorSequence common = new ErrorSequence();
    /// All failures.
    private final ErrorSequence all = new ErrorSequence();

    Syncs(Core core) {
        this.core = core;
    }

    /// Of a file that the caller keeps pinned while he uses this.
    SyncErrors errorsOf(long inode) {
        return new SyncErrors(core.vnodes.require(inode), common);
    }

    SyncErrors errors() {
        return new SyncErrors(null, all);
    }

    /// fsync, or fdatasync where times do not matter.
    SyncResult file(long inode, boolean dataOnly, SyncErrors told) {
        return range(inode, 0, Long.MAX_VALUE, dataOnly, told);
    }

    /// msync of the pages that the range touches, and fsync's metadata.
    SyncResult range(long inode, long offset, long byteCount, boolean dataOnly, SyncErrors told) {
        long start = System.nanoTime();
        Vnode v = core.vnodes.require(inode);
        SyncRun run = new SyncRun();
        int drains = 0;
        if (!core.openedReadOnly) {
            try {
                // A damaged volume takes no record.
                drains = range(run, v, offset, byteCount, dataOnly || core.isReadOnly());
            } catch (RuntimeException failure) {
                v.errors().record(failure);
                all.record(failure);
                told.told();
                throw failure;
            }
            requireWhole(told);
            checkpoint(told);
        }
        told.check();
        return new SyncResult(inode, offset, byteCount, dataOnly, run.pageCount(), run.lineCount(), drains,
                run.waitedNanos(), System.nanoTime() - start);
    }

    /// @return drains
    private int range(SyncRun run, Vnode v, long offset, long byteCount, boolean dataOnly) {
        int token = core.gate.enter();
        try (run) {
            if (core.lines && byteCount > 0) {
                long end = byteCount > Long.MAX_VALUE - offset ? Reclaimer.END_BLOCK
                        : Geometry.blocksFor(offset + byteCount);
                core.engine.flush(run, v, Geometry.blockOf(offset), end - Geometry.blockOf(offset));
            }
            if (run.failure() != null) {
                throw run.failure();
            }
            noteMappedStores(v);
            forceIfDamaged();
            int records = dataOnly ? 0 : commitTimes(run, List.of(v));
            return records > 0 ? records : drain(run, !core.lines && !core.pages);
        } finally {
            core.gate.leave(token);
        }
    }

    private void noteMappedStores(Vnode v) {
        if (v.file == null || core.isReadOnly()) {
            return;
        }
        v.lock.writeLock();
        try {
            if (v.loaded && !v.dead) {
                core.noteMappedStores(v);
            }
        } finally {
            core.vnodes.unlock(v);
        }
    }

    /// Lets a checkpoint that is under way come to its end, and stops everything.
    void stop() {
        checkpoint.lock();
        try {
            core.gate.shut();
        } finally {
            checkpoint.unlock();
        }
    }

    /// Where a checkpoint would make bytes durable, but there is none any more.
    private void forceIfDamaged() {
        if (core.pages && core.damage() != null) {
            core.medium.forceData(0, core.data.sizeBytes());
        }
    }

    /// Bytes have been made durable; the rest of a volume in which damage was found is as it was (W-10).
    ///
    /// @throws VolumeException EIO
    private void requireWhole(SyncErrors told) {
        if (core.damage() != null) {
            told.told();
            throw new VolumeException(Errno.EIO, "read-only since damage was found: " + core.damage());
        }
    }

    private int drain(SyncRun run, boolean always) {
        if (!always && !run.hasFlushed()) {
            return 0;
        }
        core.medium.drain();
        run.drained();
        return 1;
    }

    /// Puts the times of the last writes on the medium: a record for as many files as it can hold, usually one. The
    /// drain of the first is that of everything the run has flushed.
    ///
    /// @param files by ascending inode number
    /// @return records, each with one drain
    private int commitTimes(SyncRun run, List<Vnode> files) {
        int records = 0;
        for (int done = 0; done < files.size(); ) {
            int first = done;
            List<Vnode> locked = new ArrayList<>(1);
            Transaction tx = core.journal.begin();
            try {
                while (done < files.size() && tx.remaining() > RECORD_MARGIN) {
                    stageTime(tx, files.get(done++), locked);
                }
                if (!locked.isEmpty()) {
                    tx.commit();
                    locked.forEach(core::committed);
                    records++;
                    run.drained();
                }
            } finally {
                tx.abort();
                locked.forEach(core.vnodes::unlock);
            }
            assert done > first : "a record has room for one inode";
        }
        return records;
    }

    private void stageTime(Transaction tx, Vnode v, List<Vnode> locked) {
        if (v.lazyModifyNanos == 0) {
            return;
        }
        v.lock.writeLock();
        if (v.dead || !v.loaded || v.lazyModifyNanos == 0) {
            core.vnodes.unlock(v);
            return;
        }
        locked.add(v);
        core.stage(tx, v);
    }

    /// Every store of every file, and all metadata.
    SyncResult volume(SyncErrors told) {
        long start = System.nanoTime();
        SyncRun run = new SyncRun();
        int drains = 0;
        if (!core.openedReadOnly) {
            try {
                drains = volume(run);
            } catch (RuntimeException failure) {
                all.record(failure);
                told.told();
                throw failure;
            }
            requireWhole(told);
            checkpoint(told);
        }
        told.check();
        return new SyncResult(0, 0, Long.MAX_VALUE, false, run.pageCount(), run.lineCount(), drains,
                run.waitedNanos(), System.nanoTime() - start);
    }

    private int volume(SyncRun run) {
        int token = core.gate.enter();
        try (run) {
            if (core.lines) {
                core.engine.flushAll(run);
            }
            forceIfDamaged();
            core.vnodes.withFiles().forEach(this::noteMappedStores);
            List<Vnode> written = core.isReadOnly() ? List.of() : core.vnodes.withTimes();
            int drains = 0;
            try {
                int records = commitTimes(run, written);
                drains = records > 0 ? records : drain(run, !core.pages);
            } catch (RuntimeException failure) {
                run.failedToDrain(failure);
                written.forEach(v -> v.errors().record(failure));
            }
            if (run.failure() != null) {
                throw run.failure();
            }
            return drains;
        } finally {
            core.gate.leave(token);
        }
    }

    /// Makes durable what was stored to files of a volume that takes no record any more, as far as that can be.
    void dataOfDamaged() {
        if (core.openedReadOnly) {
            return;
        }
        try {
            volume(new SyncRun());
        } catch (RuntimeException alsoDamaged) {
            System.getLogger("dev.stele").log(System.Logger.Level.WARNING,
                    "not all of what was stored could be made durable", alsoDamaged);
        }
    }

    /// The checkpoint of a sync; where it fails, every file has lost.
    private void checkpoint(SyncErrors told) {
        try {
            checkpoint();
        } catch (RuntimeException failure) {
            told.told();
            throw failure;
        }
    }

    /// Makes the metadata of this moment durable, with all file data stored before. Nothing where it is so anyway.
    void checkpoint() {
        if (!core.pages || core.openedReadOnly) {
            return;
        }
        checkpoint.lock();
        try {
            core.gate.shut();
            try {
                core.medium.beginCheckpoint();
                core.space.checkpointBegun();
            } finally {
                core.gate.open();
            }
            core.medium.finishCheckpoint();
            core.space.checkpointDone();
        } catch (RuntimeException failure) {
            common.record(failure);
            all.record(failure);
            requireFutureCheckpoints();
            throw failure;
        } finally {
            checkpoint.unlock();
        }
    }

    /// A volume whose changes can never be durable takes none.
    private void requireFutureCheckpoints() {
        VolumeException ended = core.medium.failure();
        if (ended != null) {
            core.turnReadOnly(ended.getMessage());
        }
    }
}
