package dev.stele.dax;

import dev.stele.cpu.Granularity;
import dev.stele.medium.Medium;
import dev.stele.medium.View;

/// An image file that says when bytes of it were forced and when a checkpoint was made.
final class ForcedImage extends Medium {
    private final Medium image;
    /// Range forced last, empty before the first.
    long forcedAt;
    long forcedBytes;
    int checkpoints;

    ForcedImage(Medium image) {
        this.image = image;
    }

    @Override
    public View metadata() {
        return image.metadata();
    }

    @Override
    public View data() {
        return image.data();
    }

    @Override
    protected void awaitLines() {
        image.drain();
    }

    @Override
    public Granularity granularity() {
        return image.granularity();
    }

    @Override
    public boolean isDurable() {
        return image.isDurable();
    }

    @Override
    public boolean isReadOnly() {
        return image.isReadOnly();
    }

    @Override
    public String description() {
        return image.description();
    }

    @Override
    public void forceData(long at, long byteCount) {
        image.forceData(at, byteCount);
        forcedAt = at;
        forcedBytes = byteCount;
    }

    @Override
    public void reserve(long at, long byteCount) {
        image.reserve(at, byteCount);
    }

    @Override
    public int descriptor() {
        return image.descriptor();
    }

    @Override
    public long dirtyPageCount() {
        return image.dirtyPageCount();
    }

    @Override
    public void beginCheckpoint() {
        image.beginCheckpoint();
    }

    @Override
    public void finishCheckpoint() {
        image.finishCheckpoint();
        checkpoints++;
    }

    @Override
    public void grow(long newSizeBytes) {
        image.grow(newSizeBytes);
    }

    @Override
    public void close() {
        image.close();
    }
}
