package dev.stele.volume;

import dev.stele.dirty.Flushing;
import java.util.ArrayList;
import java.util.List;

/// One sync under way: the pages it has locked, file by file, until one drain makes all of them durable.
final class SyncRun implements AutoCloseable {
    private final List<Flushing> flushings = new ArrayList<>(1);
    private final List<Vnode> files = new ArrayList<>(1);
    private boolean hasFlushed;
    private long pageCount;
    private long lineCount;
    private long waitedNanos;
    private RuntimeException failure;

    /// Pages of the file are locked, and the lines of them flushed.
    void add(Vnode v, Flushing flushing) {
        pageCount += flushing.pageCount();
        waitedNanos += flushing.waitedNanos();
        if (flushing.isEmpty()) {
            flushing.done(true);
            return;
        }
        flushings.add(flushing);
        files.add(v);
        hasFlushed = true;
    }

    void flushed(long lines) {
        lineCount += lines;
        hasFlushed |= lines > 0;
    }

    /// A file, null for none in particular, could not be flushed.
    void failed(Vnode v, RuntimeException why) {
        if (v != null) {
            v.errors().record(why);
        }
        if (failure == null) {
            failure = why;
        } else if (failure != why) {
            failure.addSuppressed(why);
        }
    }

    /// Every file that has flushed something into this run has failed to drain it.
    void failedToDrain(RuntimeException why) {
        for (Vnode v : files) {
            v.errors().record(why);
        }
        failed(null, why);
    }

    RuntimeException failure() {
        return failure;
    }

    /// Whether anything waits for a drain.
    boolean hasFlushed() {
        return hasFlushed;
    }

    long pageCount() {
        return pageCount;
    }

    long lineCount() {
        return lineCount;
    }

    long waitedNanos() {
        return waitedNanos;
    }

    /// This thread has drained since it flushed: the pages go back, clean.
    void drained() {
        release(true);
        hasFlushed = false;
    }

    /// What has not been drained goes back, dirty.
    @Override
    public void close() {
        release(false);
    }

    private void release(boolean isDurable) {
        for (Flushing each : flushings) {
            each.done(isDurable);
        }
        flushings.clear();
        files.clear();
    }
}
