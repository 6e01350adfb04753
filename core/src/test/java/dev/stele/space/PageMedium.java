package dev.stele.space;

import dev.stele.cpu.Granularity;
import dev.stele.medium.MemoryMedium;
import dev.stele.medium.PassThroughMedium;

/// Memory that says it is an image file: nothing is logged, and checkpoints are what the test says they are.
public final class PageMedium extends PassThroughMedium {
    public PageMedium(long sizeBytes) {
        super(MemoryMedium.create(sizeBytes));
    }

    @Override
    public Granularity granularity() {
        return Granularity.PAGE;
    }

    /// Without one: no file's pages could be mapped.
    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public String description() {
        return "memory that is granular like an image file";
    }
}
