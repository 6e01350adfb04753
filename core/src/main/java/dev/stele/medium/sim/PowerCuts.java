package dev.stele.medium.sim;

import java.util.SplittableRandom;
import java.util.function.LongSupplier;

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
/// A failure carries the cut as text, which [#replay] tries again, alone.
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
    /// @param lazyPoints of these, those where no image was chosen beforehand: what recovery and check did not read was
    ///     never decided ([PowerCuts#lazy])
    /// @param wholeLinePoints of the others, those of which every combination of whole lines, old or new, was tried
    /// @param images images recovered and checked
    /// @param prunedImages images not tried because they had been, with the same to be allowed
    /// @param nestedImages images left by power cuts during recovery, recovered and checked
    public record Coverage(long points, long exhaustivePoints, long lazyPoints, long wholeLinePoints, long images,
            long prunedImages, long nestedImages) {
        public static final Coverage NONE = new Coverage(0, 0, 0, 0, 0, 0, 0);

        public Coverage plus(Coverage other) {
            return new Coverage(points + other.points, exhaustivePoints + other.exhaustivePoints,
                    lazyPoints + other.lazyPoints, wholeLinePoints + other.wholeLinePoints, images + other.images,
                    prunedImages + other.prunedImages, nestedImages + other.nestedImages);
        }

        /// Points of which neither every image nor every combination of whole lines was tried.
        public long sampledPoints() {
            return points - exhaustivePoints - wholeLinePoints;
        }

        @Override
        public String toString() {
            String lazily = lazyPoints == 0 ? "" : lazyPoints + " of them by what recovery reads, ";
            return points + " points, " + exhaustivePoints + " exhaustive, " + lazily + wholeLinePoints
                    + " exhaustive by lines, " + sampledPoints() + " sampled, " + images + " images, " + prunedImages
                    + " more were alike, " + nestedImages + " of cuts during recovery";
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
    private final Tiers tiers;
    private int nestedEvery;
    /// How deep cuts go: 1 for cuts during recovery, 2 for those during recovery from these, too.
    private int nestedDepth = 1;
    private boolean verbsOnly;
    /// Runs of recovery at a point of which not every image is tried beforehand; 0 for no such.
    private int lazyRuns;
    /// Names what is allowed now; null where images are not compared.
    private LongSupplier allowance;
    private final HashedImages seen = new HashedImages();
    /// Hash of what is durable on the medium.
    private final LineHash durableHash = new LineHash();
    private final LineHash hash = new LineHash();
    /// The one cut to be tried: its point, its choice, and what is to be cut in the recovery from it or null.
    private CutCode wanted;
    /// Whether a failure of a cut during recovery is being made smaller: every recovery is cut, every image tried.
    private boolean minimisingNested;
    /// Whether this cuts a recovery for that, and must find again what it found.
    private boolean minimisingDeeper;
    private boolean onlyNamed;
    private Recovery<R> recovery;
    private Check<R> check;
    private SimMedium image;
    private long points;
    /// Points passed when counting them began anew.
    private long firstPoint;
    private long exhaustivePoints;
    private long lazyPoints;
    private long wholeLinePoints;
    private long images;
    private long prunedImages;
    private long nestedImages;
    private final Onlooker onlooker = new Onlooker("stele-power-cuts");
    private Point current;
    /// Cuts the power of the image while it recovers; made when first needed.
    private PowerCuts<R> nested;

    private PowerCuts(SimMedium medium, Tiers tiers) {
        this.medium = medium;
        this.tiers = tiers;
    }

    public static <R> PowerCuts<R> of(SimMedium medium) {
        return new PowerCuts<>(medium, new Tiers());
    }

    /// @param value start of all that is random here
    public PowerCuts<R> seed(long value) {
        seed = value;
        return this;
    }

    /// @param choices up to how many choices a point is exhausted
    public PowerCuts<R> exhaustiveTo(long choices) {
        tiers.exhaustiveTo = choices;
        return this;
    }

    /// @param count random choices at a point that is not exhausted, half of them word by word
    public PowerCuts<R> samples(int count) {
        return samples(count / 2, count - count / 2);
    }

    /// @param lines random choices of whole lines at a point of which not each is tried
    /// @param words random choices word by word at a point that is not exhausted
    public PowerCuts<R> samples(int lines, int words) {
        tiers.lineSamples = lines;
        tiers.wordSamples = words;
        return this;
    }

    /// @param lines how many lines are lost, and kept, alone at a point that is not exhausted
    public PowerCuts<R> alone(int lines) {
        tiers.alone = lines;
        return this;
    }

    /// @param lines up to how many lines each pair is lost, and kept, at a point that is not exhausted
    public PowerCuts<R> pairs(int lines) {
        tiers.pairs = lines;
        return this;
    }

    /// Tries prefixes of program order, too, at a point that is not exhausted.
    public PowerCuts<R> programOrder() {
        return programOrder(256);
    }

    /// [#programOrder()] with another bound.
    ///
    /// @param most every one where there are at most so many, else so many random ones
    public PowerCuts<R> programOrder(int most) {
        tiers.moments = most;
        return this;
    }

    /// Promises that recovery and check store to the image through verbs only, and do not ask what of it is durable:
    /// an image costs much less then.
    public PowerCuts<R> verbsOnly() {
        verbsOnly = true;
        return this;
    }

    /// Leaves undecided what is left at a point that has too many images, until somebody reads it: such a point is
    /// exhausted by as many runs as there are different things to be read. Counts with [#verbsOnly], and needs recovery
    /// and check to be woven to tell of their loads ([Loads]); other checks than those of [SimMedium#whenExplored] may
    /// not keep anything from one image to the next.
    ///
    /// @param runs up to how many; where that does not do, the point is explored as if this had not been tried
    public PowerCuts<R> lazy(int runs) {
        lazyRuns = runs;
        return this;
    }

    /// Tries an image once only as long as the same is allowed, at however many points it comes up.
    ///
    /// @param allowed a number that stands for everything the check depends on besides the image
    public PowerCuts<R> pruned(LongSupplier allowed) {
        allowance = allowed;
        return this;
    }

    /// Tries one cut and no other.
    ///
    /// @param code of [PowerCutFailure#code()], from the same program with the same settings
    public PowerCuts<R> replay(String code) {
        wanted = CutCode.of(code);
        return this;
    }

    /// Cuts the power during recovery too.
    ///
    /// @param every of how many images one has its recovery cut; 0 for none
    public PowerCuts<R> nested(int every) {
        nestedEvery = every;
        return this;
    }

    /// Cuts the power during recovery from cuts during recovery, too, and so on; by default 1 deep, during recovery.
    ///
    /// @param levels how deep; counts where [#nested] gives a number, which goes for each level
    public PowerCuts<R> depth(int levels) {
        if (levels < 1) {
            throw new IllegalArgumentException("cuts go at least one level deep, not " + levels);
        }
        nestedDepth = levels;
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
        onlooker.pause(part);
    }

    /// Counts points from 0 again: another run of a program begins on the same medium.
    public void restart() {
        firstPoint = points;
    }

    public Coverage coverage() {
        return new Coverage(points, exhaustivePoints, lazyPoints, wholeLinePoints, images, prunedImages, nestedImages);
    }

    @Override
    public void close() {
        synchronized (medium) {
            medium.observe(null);
            endImage();
            onlooker.end();
        }
    }

    private void explore(String name) {
        onlooker.look(() -> exploreHere(name));
    }

    private void exploreHere(String name) {
        medium.lines().noticeAll();
        PowerCut cut = new PowerCut(medium.lines());
        synchronizeImage();
        Point point = new Point((int) (points++ - firstPoint), name);
        current = point;
        if (wanted == null) {
            boolean isExhausted = cut.choiceCount() > tiers.exhaustiveTo && exploreLazily(cut, point);
            if (!isExhausted || nestedEvery > 0) {
                exploreChosen(cut, point, isExhausted);
            }
        } else if (wanted.point() == point.number) {
            cut.choose(wanted.cut());
            attempt(cut, point);
        }
        assert image.lines().cache().mismatch(medium.lines().durable()) < 0 : "the image was not restored";
    }

    private void exploreChosen(PowerCut cut, Point point, boolean isExhausted) {
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + point.number);
        Tiers.Reach reach = tiers.explore(cut, random, tried -> attempt(tried, point));
        if (!isExhausted) {
            switch (reach) {
                case EVERY_WORD -> exhaustivePoints++;
                case EVERY_LINE -> wholeLinePoints++;
                case SAMPLED -> { }
            }
        }
    }

    /// @return whether there is no image that was not covered
    private boolean exploreLazily(PowerCut cut, Point point) {
        LazyCut lazy = lazyRuns > 0 && verbsOnly ? LazyCut.of(cut, image) : null;
        if (lazy == null) {
            return false;
        }
        SimMedium cutImage = image;
        int runs = 0;
        do {
            // An image that recovery has grown is another one by now.
            if (runs++ == lazyRuns || image != cutImage) {
                return false;
            }
            Throwable failure = failsLazily(lazy, point);
            if (failure != null && !lazy.isVoid()) {
                lazy.assign();
                report(cut, point, again(cut, point, failure));
            }
        } while (lazy.next());
        exhaustivePoints++;
        lazyPoints++;
        return true;
    }

    /// @return what went wrong with the images that the next choices leave, or null
    private Throwable failsLazily(LazyCut lazy, Point point) {
        images++;
        lazy.begin();
        image.undecided(lazy);
        Loads.begin(lazy);
        try {
            check.check(recovery.recover(image), image, point);
            return null;
        } catch (Throwable failure) {
            return failure;
        } finally {
            Loads.end(lazy);
            image.undecided(null);
            image.healFaults();
            resetImage();
        }
    }

    /// What goes wrong with a failing image when it is chosen beforehand.
    private Throwable again(PowerCut cut, Point point, Throwable failure) {
        Throwable same = fails(cut, point);
        return same != null ? same : new IllegalStateException("found while words were undecided, and not when they "
                + "were chosen beforehand: a load was not noticed, or the check keeps something", failure);
    }

    private void attempt(PowerCut cut, Point point) {
        if (isKnown(cut)) {
            prunedImages++;
            return;
        }
        Throwable failure = fails(cut, point);
        if (failure != null) {
            report(cut, point, failure);
        }
    }

    private void report(PowerCut cut, Point point, Throwable failure) {
        Throwable smallest = wanted != null ? failure : minimise(cut, point, failure);
        String code = CutCode.text(point.number, cut.code(), smallest);
        throw new PowerCutFailure("power cut " + point.name + " (point " + point.number + ", seed " + seed + "): "
                + smallest + "\nsmallest failing cut found:" + cut, code, smallest);
    }

    private boolean isKnown(PowerCut cut) {
        if (allowance == null) {
            return false;
        }
        cut.hash(durableHash, hash);
        long allowed = allowance.getAsLong();
        return !seen.add(hash.high ^ LineHash.mix(allowed, -3), hash.low ^ LineHash.mix(allowed, 0x5851F42D4C957F2DL));
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
        boolean isCut = wanted == null
                ? nestedEvery > 0 && (minimisingNested || minimisingDeeper || images % nestedEvery == 0)
                : wanted.inner() != null;
        if (!isCut) {
            return recovery.recover(image);
        }
        if (nested == null) {
            nested = new PowerCuts<R>(image, tiers.copy()).seed(seed);
            nested.verbsOnly = verbsOnly;
            nested.nestedEvery = nestedDepth > 1 ? nestedEvery : 0;
            nested.nestedDepth = nestedDepth - 1;
            if (wanted != null) {
                nested.replay(wanted.inner());
            }
            nested.check(recovery, (recovered, at, inner) -> check.check(recovered, at, current));
        }
        long before = nested.images + nested.nestedImages;
        nested.restart();
        nested.allowance = minimisingNested ? null : allowance;
        nested.minimisingDeeper = minimisingNested;
        image.lines().recording(true);
        image.observe(nested.everyPoint);
        try {
            return recovery.recover(image);
        } finally {
            image.observe(null);
            image.lines().recording(!verbsOnly);
            nestedImages += nested.images + nested.nestedImages - before;
        }
    }

    /// Keeps one lost line after the other as long as it still fails.
    private Throwable minimise(PowerCut cut, Point point, Throwable failure) {
        int tries = 0;
        minimisingNested = failure instanceof PowerCutFailure;
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
        minimisingNested = false;
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
            int line = moved.get(i);
            durableHash.toggle(line, image.lines().durable());
            image.lines().copyLine(medium.lines().durable(), line);
            durableHash.toggle(line, image.lines().durable());
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
        image.lines().recording(!verbsOnly);
        medium.lines().moved().clear();
        durableHash.high = 0;
        durableHash.low = 0;
        for (int line = 0; line < medium.lines().lineCount(); line++) {
            durableHash.toggle(line, medium.lines().durable());
        }
        image.standsOn(medium.lines().durable(), durableHash);
    }

    private void endImage() {
        if (nested != null) {
            nested.endImage();
            nested.onlooker.end();
            nested = null;
        }
        if (image != null) {
            image.end();
            image = null;
        }
    }
}
