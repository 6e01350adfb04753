package dev.stele.medium.sim;

import dev.stele.medium.DiskCut;
import dev.stele.medium.Medium;
import dev.stele.medium.SimulatedDisk;
import dev.stele.medium.sim.PowerCuts.Coverage;
import dev.stele.medium.sim.PowerCuts.Point;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/// Cuts the power of a [SimulatedDisk] before and after every effect that a program has on it and has what is left
/// recovered and checked: [PowerCuts] for image files.
///
/// At each point everything that may be left is tried where that is at most [#exhaustiveTo] images. Where it is more:
/// everything lost, everything kept, each sector alone lost and alone kept (up to [#alone] of them, chosen by the
/// seed), and [#samples] random choices, from nearly all lost to nearly all kept.
///
/// A failure carries the cut as text, which [#replay] tries again, alone.
///
/// @param <R> what recovery makes of an image
public final class DiskCuts<R> implements AutoCloseable {
    private static final int MINIMISING_TRIES = 200;

    /// Brings up what a power cut left.
    @FunctionalInterface
    public interface Recovery<R> {
        R recover(Medium image) throws Exception;
    }

    /// Throws where what came up is not acceptable at this point.
    @FunctionalInterface
    public interface Check<R> {
        void check(R recovered, Medium image, Point point) throws Exception;
    }

    private final SimulatedDisk disk;
    private final int sectorBytes;
    private final long capacityBytes;
    private final MemorySegment left;
    private final SimulatedDisk scratch;
    private final Recovery<R> recovery;
    private final Check<R> check;
    private final HashedImages seen = new HashedImages();
    private final LineHash hash = new LineHash();
    private final Arena arena = Arena.ofShared();
    private final Onlooker onlooker = new Onlooker("stele-disk-cuts");
    private long seed = 1;
    private long exhaustiveTo = 256;
    private int alone = 8;
    private int samples = 24;
    private int nestedEvery;
    private LongSupplier allowance = () -> 0;
    private CutCode wanted;
    private long points;
    private long firstPoint;
    private long exhaustivePoints;
    private long images;
    private long prunedImages;
    private long nestedImages;
    private Point current;
    private DiskCuts<R> nested;

    /// Starts cutting.
    ///
    /// @param capacityBytes of the disk
    /// @param sectorBytes of the disk
    public DiskCuts(SimulatedDisk disk, long capacityBytes, int sectorBytes, Recovery<R> recovery, Check<R> check) {
        this.disk = disk;
        this.sectorBytes = sectorBytes;
        this.capacityBytes = capacityBytes;
        this.recovery = recovery;
        this.check = check;
        this.left = arena.allocate(capacityBytes, Medium.PAGE_BYTES);
        this.scratch = new SimulatedDisk(capacityBytes, sectorBytes);
        disk.observe(this::at);
    }

    public DiskCuts<R> seed(long value) {
        seed = value;
        return this;
    }

    /// @param choices up to how many choices a point is exhausted
    public DiskCuts<R> exhaustiveTo(long choices) {
        exhaustiveTo = choices;
        return this;
    }

    /// @param sectors how many sectors are lost, and kept, alone at a point that is not exhausted
    public DiskCuts<R> alone(int sectors) {
        alone = sectors;
        return this;
    }

    /// @param count random choices at a point that is not exhausted
    public DiskCuts<R> samples(int count) {
        samples = count;
        return this;
    }

    /// Cuts the power during recovery too.
    ///
    /// @param every of how many images one has its recovery cut; 0 for none
    public DiskCuts<R> nested(int every) {
        nestedEvery = every;
        return this;
    }

    /// @param allowed a number that stands for everything the check depends on besides the image: the same image is
    ///     tried once with the same
    public DiskCuts<R> pruned(LongSupplier allowed) {
        allowance = allowed;
        return this;
    }

    /// Tries one cut and no other.
    ///
    /// @param code of [PowerCutFailure#code()], from the same program with the same settings
    /// @throws IllegalArgumentException where it is no such text
    public DiskCuts<R> replay(String code) {
        wanted = CutCode.of(code);
        return this;
    }

    /// Runs a part of the program that is not under test, without cutting.
    public void pause(Runnable part) {
        onlooker.pause(part);
    }

    /// Counts points from 0 again.
    public void restart() {
        firstPoint = points;
    }

    public Coverage coverage() {
        return new Coverage(points, exhaustivePoints, 0, 0, images, prunedImages, nestedImages);
    }

    /// Cuts here.
    public void at(String name) {
        onlooker.look(() -> explore(name));
    }

    private void explore(String name) {
        DiskCut cut = disk.cut();
        current = new Point((int) (points++ - firstPoint), name);
        if (wanted != null) {
            if (wanted.point() == current.number()) {
                cut.choose(wanted.cut());
                attempt(cut);
            }
            return;
        }
        if (cut.choiceCount() <= exhaustiveTo) {
            for (long choice = cut.choiceCount() - 1; choice >= 0; choice--) {
                cut.choose(choice);
                attempt(cut);
            }
            exhaustivePoints++;
            return;
        }
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + current.number());
        cut.loseAll();
        attempt(cut);
        cut.keepAll();
        attempt(cut);
        for (int i = 0; i < Math.min(alone, cut.partCount()); i++) {
            int part = cut.partCount() <= alone ? i : random.nextInt(cut.partCount());
            cut.keepAll();
            cut.lose(part);
            attempt(cut);
            cut.loseAll();
            cut.keep(part);
            attempt(cut);
        }
        for (int i = 0; i < samples; i++) {
            cut.chooseAtRandom(random, (i + 0.5) / samples);
            attempt(cut);
        }
    }

    private void attempt(DiskCut cut) {
        long size = cut.writeTo(left);
        if (wanted == null && isKnown(size)) {
            prunedImages++;
            return;
        }
        Throwable failure = fails(size);
        if (failure != null) {
            boolean isSmallest = wanted != null || failure instanceof PowerCutFailure;
            Throwable smallest = isSmallest ? failure : minimise(cut, failure);
            String code = CutCode.text(current.number(), cut.code(), smallest);
            throw new PowerCutFailure("power cut " + current.name() + " (point " + current.number() + ", seed " + seed
                    + "): " + smallest + "\nsmallest failing cut found:" + cut, code, smallest);
        }
    }

    private boolean isKnown(long size) {
        hash.high = size;
        hash.low = size;
        for (int line = 0; line < Lines.lineOf(size); line++) {
            hash.toggle(line, left);
        }
        long allowed = allowance.getAsLong();
        return !seen.add(hash.high ^ LineHash.mix(allowed, -3), hash.low ^ LineHash.mix(allowed, 0x5851F42D4C957F2DL));
    }

    private Throwable fails(long size) {
        scratch.load(left, size);
        images++;
        boolean isCut = wanted == null ? nestedEvery > 0 && images % nestedEvery == 0 : wanted.inner() != null;
        DiskCuts<R> inner = isCut ? nested() : null;
        long before = inner == null ? 0 : inner.images;
        if (inner != null) {
            inner.restart();
        }
        scratch.observe(inner == null ? null : inner::at);
        try (Medium image = scratch.open()) {
            R recovered = recovery.recover(image);
            scratch.observe(null);
            check.check(recovered, image, current);
            return null;
        } catch (Throwable failure) {
            return failure;
        } finally {
            scratch.observe(null);
            nestedImages += inner == null ? 0 : inner.images - before;
        }
    }

    private DiskCuts<R> nested() {
        if (nested == null) {
            nested = new DiskCuts<>(scratch, capacityBytes, sectorBytes, recovery,
                    (recovered, image, point) -> check.check(recovered, image, current));
            nested.seed(seed).exhaustiveTo(exhaustiveTo).alone(alone).samples(samples).pruned(allowance);
            if (wanted != null) {
                nested.replay(wanted.inner());
            }
        }
        return nested;
    }

    /// Keeps one lost sector after the other as long as it still fails.
    private Throwable minimise(DiskCut cut, Throwable first) {
        Throwable failure = first;
        int tries = 0;
        for (int part = 0; part < cut.partCount() && tries < MINIMISING_TRIES; part++) {
            if (cut.isTorn(part)) {
                int[] before = cut.choice();
                cut.keep(part);
                tries++;
                Throwable still = fails(cut.writeTo(left));
                if (still == null) {
                    cut.choose(part, before);
                } else {
                    failure = still;
                }
            }
        }
        return failure;
    }

    @Override
    public void close() {
        disk.observe(null);
        if (nested != null) {
            nested.close();
        }
        onlooker.end();
        scratch.close();
        arena.close();
    }
}
