package dev.stele.medium.sim;

import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Cuts the power of a [SimMedium] at every point of a program and has what is left recovered and checked.
///
///     try (PowerCuts cuts = PowerCuts.of(medium).seed(7).check(this::recover, this::isBeforeOrAfter)) {
///         directory.rename(a, b);             // cut before and after every drain
///         renamed = true;
///         cuts.at("rename returned");         // and here
///     }
///
/// At each point every combination of what may be left is tried where there are at most [#exhaustiveTo] of them. Where
/// there are more: every combination of whole lines old or new, if these are few enough, or else none, all, each line
/// alone lost, each alone kept; and beside them [#samples] seeded random choices, word by word. The images are laid
/// over one recovery medium and taken off again, so that an image costs the lines that differ.
///
/// @param <R> what recovery makes of an image
public final class PowerCuts<R> implements AutoCloseable {
    private static final int MINIMISING_TRIES = 300;

    /// Brings up what a power cut left.
    @FunctionalInterface
    public interface Recovery<R> {
        R recover(SimMedium image) throws Exception;
    }

    /// Throws where what came up is not acceptable at this point. Called by another thread than the program's, which
    /// waits and holds the monitor of the medium under test.
    @FunctionalInterface
    public interface Check<R> {
        void check(R recovered, SimMedium image, Point point) throws Exception;
    }

    /// A moment at which the power was cut.
    ///
    /// @param number counted from 0
    /// @param name where in the program
    public record Point(int number, String name) {
    }

    /// What was tried.
    ///
    /// @param points moments at which the power was cut
    /// @param exhaustivePoints of these, those of which every possible image was tried
    /// @param images images recovered and checked
    /// @param nestedImages images left by power cuts during recovery, recovered and checked
    public record Coverage(long points, long exhaustivePoints, long images, long nestedImages) {
        public static final Coverage NONE = new Coverage(0, 0, 0, 0);

        public Coverage plus(Coverage other) {
            return new Coverage(points + other.points, exhaustivePoints + other.exhaustivePoints,
                    images + other.images, nestedImages + other.nestedImages);
        }

        @Override
        public String toString() {
            return points + " points, " + exhaustivePoints + " exhaustive, " + (points - exhaustivePoints)
                    + " sampled, " + images + " images, " + nestedImages + " of cuts during recovery";
        }
    }

    private final SimMedium medium;
    private final SimMedium.Observer everyPoint = new SimMedium.Observer() {
        @Override
        public void drain(boolean done) {
            explore(done ? "after a drain" : "before a drain");
        }

        @Override
        public void stored() {
            explore("after a store");
        }
    };
    private long seed = 1;
    private long exhaustiveTo = 1 << 12;
    private int samples = 150;
    private int alone = 32;
    private int nestedEvery;
    private boolean onlyNamed;
    private Recovery<R> recovery;
    private Check<R> check;
    private SimMedium image;
    private long points;
    private long exhaustivePoints;
    private long images;
    private long nestedImages;
    private boolean pausing;
    private final ExecutorService explorer = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("stele-power-cuts").factory());
    private Point current;
    /// Cuts the power of the image while it recovers; made when first needed.
    private PowerCuts<R> nested;

    private PowerCuts(SimMedium medium) {
        this.medium = medium;
    }

    public static <R> PowerCuts<R> of(SimMedium medium) {
        return new PowerCuts<>(medium);
    }

    /// @param value start of all that is random here
    public PowerCuts<R> seed(long value) {
        seed = value;
        return this;
    }

    /// @param choices up to how many choices a point is exhausted
    public PowerCuts<R> exhaustiveTo(long choices) {
        exhaustiveTo = choices;
        return this;
    }

    /// @param count random choices at a point that is not exhausted
    public PowerCuts<R> samples(int count) {
        samples = count;
        return this;
    }

    /// @param lines how many lines are lost, and kept, alone at a point that is not exhausted
    public PowerCuts<R> alone(int lines) {
        alone = lines;
        return this;
    }

    /// Cuts the power during recovery too.
    ///
    /// @param every of how many images one has its recovery cut; 0 for none
    public PowerCuts<R> nested(int every) {
        nestedEvery = every;
        return this;
    }

    /// Cuts at the points named by [#at] and nowhere else: for programs of many threads.
    public PowerCuts<R> onlyNamedPoints() {
        onlyNamed = true;
        return this;
    }

    /// Starts cutting. Until [#close()], everything stored to the medium is part of the program under test.
    public PowerCuts<R> check(Recovery<R> how, Check<R> what) {
        recovery = how;
        check = what;
        synchronized (medium) {
            renewImage();
            medium.observe(onlyNamed ? null : everyPoint);
        }
        return this;
    }

    /// Cuts here.
    public void at(String name) {
        synchronized (medium) {
            explore(name);
        }
    }

    /// Runs a part of the program that is not under test, such as a look at the result, without cutting.
    public void pause(Runnable part) {
        pausing = true;
        try {
            part.run();
        } finally {
            pausing = false;
        }
    }

    public Coverage coverage() {
        return new Coverage(points, exhaustivePoints, images, nestedImages);
    }

    @Override
    public void close() {
        synchronized (medium) {
            medium.observe(null);
            endImage();
            explorer.shutdown();
        }
    }

    /// Has a thread of its own look at the images while the program waits: in the program's thread a check would find,
    /// and overwrite, whatever the program keeps by thread in the middle of what it is doing.
    private void explore(String name) {
        if (pausing) {
            return;
        }
        pausing = true;
        try {
            explorer.submit(() -> exploreHere(name)).get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a power cut was explored", interrupted);
        } finally {
            pausing = false;
        }
    }

    private void exploreHere(String name) {
        medium.lines().noticeAll();
        PowerCut cut = new PowerCut(medium.lines());
        synchronizeImage();
        Point point = new Point((int) points++, name);
        current = point;
        if (cut.choiceCount() <= exhaustiveTo) {
            exhaustivePoints++;
            for (long choice = cut.choiceCount() - 1; choice >= 0; choice--) {
                cut.choose(choice);
                attempt(cut, point);
            }
        } else {
            sample(cut, point);
        }
        assert image.lines().durable().mismatch(medium.lines().durable()) < 0 : "the image was not restored";
    }

    private void sample(PowerCut cut, Point point) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + point.number);
        if (cut.wholeLineChoiceCount() <= exhaustiveTo) {
            for (long bits = 0; bits < cut.wholeLineChoiceCount(); bits++) {
                cut.chooseWholeLines(bits);
                attempt(cut, point);
            }
        } else {
            sampleAlone(cut, point, random);
        }
        for (int i = 0; i < samples; i++) {
            if (i % 2 == 0) {
                cut.chooseAtRandom(random);
            } else {
                cut.chooseWholeLinesAtRandom(random);
            }
            attempt(cut, point);
        }
    }

    /// None, all, one lost, one kept: where there are many lines, those at the ends of runs of neighbours come first.
    private void sampleAlone(PowerCut cut, Point point, SplittableRandom random) {
        cut.loseAll();
        attempt(cut, point);
        cut.keepAll();
        attempt(cut, point);
        int done = 0;
        for (int i = 0; i < cut.lineCount() && done < alone; i++) {
            if (cut.lineCount() <= alone || isEdge(cut, i)) {
                attemptAlone(cut, point, i);
                done++;
            }
        }
        for (; done < Math.min(alone, cut.lineCount()); done++) {
            attemptAlone(cut, point, random.nextInt(cut.lineCount()));
        }
    }

    private static boolean isEdge(PowerCut cut, int index) {
        return index == 0 || index == cut.lineCount() - 1
                || cut.line(index - 1) != cut.line(index) - 1 || cut.line(index + 1) != cut.line(index) + 1;
    }

    private void attemptAlone(PowerCut cut, Point point, int index) {
        cut.keepAll();
        cut.lose(index);
        attempt(cut, point);
        cut.loseAll();
        cut.keep(index);
        attempt(cut, point);
    }

    private void attempt(PowerCut cut, Point point) {
        Throwable failure = fails(cut, point);
        if (failure != null) {
            Throwable smallest = minimise(cut, point, failure);
            throw new PowerCutFailure("power cut " + point.name + " (point " + point.number + ", seed " + seed + "): "
                    + smallest + "\nsmallest failing cut found:" + cut, smallest);
        }
    }

    /// @return what went wrong with this image, or null
    private Throwable fails(PowerCut cut, Point point) {
        cut.applyTo(image.lines());
        images++;
        try {
            R recovered = recoverWithCuts();
            check.check(recovered, image, point);
            return null;
        } catch (Throwable failure) {
            return failure;
        } finally {
            image.healFaults();
            resetImage();
        }
    }

    private R recoverWithCuts() throws Exception {
        if (nestedEvery == 0 || images % nestedEvery != 0) {
            return recovery.recover(image);
        }
        if (nested == null) {
            nested = PowerCuts.<R>of(image).seed(seed).exhaustiveTo(exhaustiveTo).samples(samples).alone(alone)
                    .check(recovery, (recovered, at, inner) -> check.check(recovered, at, current));
        }
        long before = nested.images;
        image.observe(nested.everyPoint);
        try {
            return recovery.recover(image);
        } finally {
            image.observe(null);
            nestedImages += nested.images - before;
        }
    }

    /// Keeps one lost line after the other as long as it still fails.
    private Throwable minimise(PowerCut cut, Point point, Throwable failure) {
        int tries = 0;
        for (int i = 0; i < cut.lineCount() && tries < MINIMISING_TRIES; i++) {
            if (cut.isTorn(i)) {
                int[] prefixes = cut.prefixes();
                long[] subsets = cut.subsets();
                cut.keep(i);
                tries++;
                Throwable still = fails(cut, point);
                if (still == null) {
                    cut.choose(prefixes, subsets);
                } else {
                    failure = still;
                }
            }
        }
        return failure;
    }

    /// Brings the image up to what is durable on the medium now.
    private void synchronizeImage() {
        if (image.sizeBytes() != medium.sizeBytes()) {
            renewImage();
            return;
        }
        LineSet moved = medium.lines().moved();
        for (int i = 0; i < moved.size(); i++) {
            image.lines().copyLine(medium.lines().durable(), moved.get(i));
        }
        moved.clear();
    }

    private void resetImage() {
        if (image.sizeBytes() == medium.sizeBytes()) {
            image.lines().restore(medium.lines().durable());
        } else {
            renewImage();
        }
    }

    private void renewImage() {
        endImage();
        image = SimMedium.lent(medium.sizeBytes(), medium.granularity());
        image.lines().copyAll(medium.lines().durable());
        medium.lines().moved().clear();
    }

    private void endImage() {
        if (nested != null) {
            nested.endImage();
            nested.explorer.shutdown();
            nested = null;
        }
        if (image != null) {
            image.end();
            image = null;
        }
    }
}
