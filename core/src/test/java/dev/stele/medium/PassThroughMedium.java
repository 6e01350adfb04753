package dev.stele.medium;

import dev.stele.cpu.Granularity;

/// Another medium, but for what a test changes about it. It does not survive, and closes the other.
public abstract class PassThroughMedium extends Medium {
    private final Medium other;

    protected PassThroughMedium(Medium other) {
        this.other = other;
    }

    @Override
    public View metadata() {
        return other.metadata();
    }

    @Override
    public View data() {
        return other.data();
    }

    @Override
    protected void awaitLines() {
        other.drain();
    }

    @Override
    public Granularity granularity() {
        return other.granularity();
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public boolean isReadOnly() {
        return other.isReadOnly();
    }

    @Override
    public int descriptor() {
        return other.descriptor();
    }

    @Override
    public void grow(long newSizeBytes) {
        other.grow(newSizeBytes);
    }

    @Override
    public void close() {
        other.close();
    }
}
