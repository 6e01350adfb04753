package dev.stele.crash.images;

import java.util.List;
import java.util.Locale;

/// What a campaign did and found.
///
/// @param corpus whole images
/// @param fields fields of structures in them
/// @param exhaustive injuries there are of fields and blocks
/// @param images damaged and judged
/// @param isExhaustive whether every field was damaged by every verb, in every structure of every image
/// @param clean images in which the check found nothing, rightly
/// @param repaired images that were mended and used
/// @param unrepaired images whose superblocks were both gone, or that had no room for a repair
/// @param refusedAtOpen injured images that did not open
/// @param refusedAtUse injured images of which something could not be read
/// @param longestNanos processor time of the slowest image
/// @param largestBytes memory of the heap that the most wasteful image took
/// @param defects kinds of them
/// @param defectCount images with one
public record ImageResult(ImageSettings settings, int corpus, long fields, long exhaustive, long images,
        boolean isExhaustive, long clean, long repaired, long unrepaired, long refusedAtOpen, long refusedAtUse,
        long longestNanos, long largestBytes, List<Defect> defects, long defectCount, long nanos,
        long processorNanos) {
    public double imagesPerSecondPerCore() {
        return images / (nanos / 1e9) / settings.workers();
    }

    public double imagesPerProcessorSecond() {
        return images / (processorNanos / 1e9);
    }

    /// For people.
    public String describe() {
        return String.format(Locale.ROOT,
                "%,d damaged images of %d whole ones, %,d fields%s, seed %d%n"
                + "%,d with nothing wrong by the check, and whole; %,d mended, read and used; %,d beyond repair; "
                + "%,d of the random ones only as they were%n"
                + "as they were: %,d did not open, of %,d something could not be read%n"
                + "the slowest took %.0f ms of a processor, the most wasteful %.1f MiB of memory%n"
                + "%,.0f images a second and core (%.1f s, %d workers), %,.0f a second of processor time%n"
                + "%,d defects of %d kinds%n",
                images, corpus, fields, isExhaustive ? ", every one by every verb" : "", settings.seed(), clean,
                repaired, unrepaired, images - clean - repaired - unrepaired, refusedAtOpen, refusedAtUse,
                longestNanos / 1e6, largestBytes / 1048576.0,
                imagesPerSecondPerCore(), nanos / 1e9, settings.workers(), imagesPerProcessorSecond(), defectCount,
                defects.size());
    }
}
