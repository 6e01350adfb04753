package dev.stele.space;

import dev.stele.cpu.Granularity;
import dev.stele.medium.Medium;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.View;

/// Memory that says it is an image file: nothing is logged, and checkpoints are what the test says they are.
public final class PageMedium extends Medium {
    private final MemoryMedium memory;

    public PageMedium(long sizeBytes) {
        memory = MemoryMedium.create(sizeBytes);
    }

    @Override
    public View metadata() {
        return memory.metadata();
    }

    @Override
    public View data() {
        return memory.data();
    }

    @Override
    protected void awaitLines() {
    }

    @Override
    public Granularity granularity() {
        return Granularity.PAGE;
    }

    @Override
    public boolean isDurable() {
        return false;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String description() {
        return "memory that is granular like an image file";
    }

    @Override
    public void grow(long newSizeBytes) {
        memory.grow(newSizeBytes);
    }

    @Override
    public void close() {
        memory.close();
    }
}
