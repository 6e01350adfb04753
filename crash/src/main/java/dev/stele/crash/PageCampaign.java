package dev.stele.crash;

import dev.stele.medium.sim.PowerCuts.Coverage;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/// Cuts the power of image files: every operation from every volume to start from, on disks with sectors of 512 and of
/// 4096 bytes, and then sequences of two, each once, in an order that the seed decides, until the time is up or as many
/// workloads as were asked for are done.
public final class PageCampaign {
    private static final int[] SECTORS = {512, 4096};
    private static final int MAX_VIOLATIONS = 100;
    private static final String REPLAY = "page";

    /// Somebody who watches.
    public interface Watcher {
        /// Called by any worker, one at a time, after a workload.
        void done(long workloads, long violations);
    }

    /// What a campaign did and found.
    ///
    /// @param workloads run, on one size of sectors each
    /// @param pairs of these, sequences of two operations
    /// @param allSingles whether every operation had its turn
    /// @param stopped whether something ended it before everything asked for was run
    /// @param coverage points and images
    /// @param violations at most a hundred
    /// @param nanos it took
    public record Report(long workloads, long pairs, boolean allSingles, boolean stopped, Coverage coverage,
            List<Violation> violations, long nanos, long seed) {
        public long states() {
            return coverage.images() + coverage.nestedImages();
        }

        public String describe() {
            return String.format(Locale.ROOT, "image files: %,d workloads, %s operation, %,d pairs, seed %d%n%s"
                    + "%,d points: %,d exhausted sector by sector, %,d sampled%n"
                    + "%,d states recovered and judged, %,d of cuts during recovery among them; %,d alike were not "
                    + "tried again (%.1f s)%n%,d violations%n", workloads, allSingles ? "every" : "not every",
                    pairs, seed, stopped ? "STOPPED before all that was asked for was run\n" : "",
                    coverage.points(), coverage.exhaustivePoints(), coverage.sampledPoints(),
                    states(), coverage.nestedImages(), coverage.prunedImages(), nanos / 1e9, violations.size());
        }
    }

    private final Settings settings;
    private final long deadlineNanos;
    private final Watcher watcher;
    private final List<Operation> set = Operations.all();
    private final Map<Start, Start.Image> images = new EnumMap<>(Start.class);
    private final List<Violation> violations = new ArrayList<>();
    private final AtomicLong next = new AtomicLong();
    private final Plan.Segment singles;
    private final Plan.Segment pairs;
    private final long singleCount;
    private final long wanted;
    private long done;
    private long pairsDone;

    private PageCampaign(Settings settings, Watcher watcher) {
        this.settings = settings;
        this.watcher = watcher;
        List<Start> starts = List.of(Start.values());
        starts.forEach(each -> images.put(each, each.make()));
        this.singles = Plan.Segment.of(starts, List.of(set), settings, settings.seed());
        this.pairs = Plan.Segment.of(starts, List.of(set, set), settings, settings.seed());
        this.singleCount = singles.count() * SECTORS.length;
        long all = singleCount + pairs.count() * SECTORS.length;
        boolean isLimited = settings.perPart() > 0 || settings.budgetNanos() > 0;
        this.wanted = settings.length() == 1 || !isLimited ? Math.min(singleCount, orAll(settings.perPart()))
                : Math.min(all, orAll(settings.perPart()));
        this.deadlineNanos = System.nanoTime() + (isTimed() ? settings.budgetNanos() : Long.MAX_VALUE / 2);
    }

    private boolean isTimed() {
        return settings.budgetNanos() > 0;
    }

    private static long orAll(long count) {
        return count == 0 ? Long.MAX_VALUE : count;
    }

    /// @param settings of which the length (1 for single operations only), the seed, the workers, of how many images
    ///     one has the recovery from it cut, too, the budget (0 to stop when every single operation had its turn) and
    ///     [Settings#perPart()] (workloads in all, 0 for no limit) count
    public static Report run(Settings settings, Watcher watcher) {
        return new PageCampaign(settings, watcher).run();
    }

    /// Whether a text names a cut of an image file.
    public static boolean names(String replay) {
        return replay.startsWith(REPLAY);
    }

    /// Has one cut once more.
    ///
    /// @param replay of [Violation#replay()]
    /// @return what is wrong with it, null where nothing is any more
    /// @throws IllegalArgumentException where the text names no cut
    public static Violation replay(String replay, Settings settings) {
        int dot = replay.indexOf('.');
        int at = replay.indexOf('@');
        if (!names(replay) || dot < 0 || at < dot) {
            throw new IllegalArgumentException("this names no power cut of an image file: " + replay);
        }
        int sectorBytes = Integer.parseInt(replay.substring(REPLAY.length(), dot));
        if (IntStream.of(SECTORS).noneMatch(each -> each == sectorBytes)) {
            throw new IllegalArgumentException("no disk has sectors of " + sectorBytes + " bytes");
        }
        Workload workload = Workload.of(replay.substring(dot + 1, at), Operations.all());
        String cut = replay.substring(at + 1);
        try (PageLab lab = new PageLab(workload.start().make(), settings.seed(), sectorBytes, 0,
                cut.isEmpty() ? null : cut)) {
            Violation found = lab.run(workload, replay.substring(0, at));
            Campaign.requireTried(found, cut, lab.coverage());
            return found;
        }
    }

    private Report run() {
        long began = System.nanoTime();
        Coverage coverage = Coverage.NONE;
        try (ExecutorService threads = Executors.newFixedThreadPool(settings.workers())) {
            List<Future<Coverage>> shares = new ArrayList<>();
            for (int i = 0; i < settings.workers(); i++) {
                shares.add(threads.submit(this::work));
            }
            for (Future<Coverage> each : shares) {
                coverage = coverage.plus(each.get());
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
        return new Report(done, pairsDone, done - pairsDone == singleCount, done < wanted, coverage,
                List.copyOf(violations), System.nanoTime() - began, settings.seed());
    }

    /// What a lab is for: one volume to start from, on a disk with such sectors.
    private record Bench(Start start, int sectorBytes) {
    }

    private Coverage work() {
        Map<Bench, PageLab> labs = new HashMap<>();
        Coverage sum = Coverage.NONE;
        try {
            for (long index = take(); index >= 0; index = take()) {
                Workload workload = workload(index);
                Bench bench = new Bench(workload.start(), SECTORS[(int) (index % SECTORS.length)]);
                PageLab lab = labs.computeIfAbsent(bench, each -> new PageLab(images.get(each.start), settings.seed(),
                        each.sectorBytes, settings.nestedEvery(), null));
                report(lab.run(workload, REPLAY + bench.sectorBytes + "." + workload.code(set)),
                        index >= singleCount);
            }
        } finally {
            for (PageLab each : labs.values()) {
                sum = sum.plus(each.coverage());
                each.close();
            }
        }
        return sum;
    }

    /// @return number of the next workload, -1 where the campaign is over
    private long take() {
        if (isTimed() && System.nanoTime() > deadlineNanos || isEnough()) {
            return -1;
        }
        long index = next.getAndIncrement();
        return index < wanted ? index : -1;
    }

    private Workload workload(long index) {
        return index < singleCount ? singles.at(index / SECTORS.length)
                : pairs.at((index - singleCount) / SECTORS.length);
    }

    private synchronized boolean isEnough() {
        return violations.size() >= MAX_VIOLATIONS;
    }

    private synchronized void report(Violation violation, boolean isPair) {
        if (violation != null) {
            violations.add(violation);
        }
        done++;
        pairsDone += isPair ? 1 : 0;
        watcher.done(done, violations.size());
    }
}
