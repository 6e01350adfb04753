package dev.stele.crash;

import dev.stele.medium.sim.PowerCuts.Coverage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Cuts the power of image files: every operation from every volume to start from, on disks with sectors of 512 and of
/// 4096 bytes, and then sequences of two, drawn by the seed, until the time is up.
public final class PageCampaign {
    private static final int[] SECTORS = {512, 4096};
    private static final int MAX_VIOLATIONS = 100;

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
    /// @param coverage points and images
    /// @param violations at most a hundred
    /// @param nanos it took
    public record Report(long workloads, long pairs, boolean allSingles, Coverage coverage,
            List<Violation> violations, long nanos, long seed) {
        public long states() {
            return coverage.images() + coverage.nestedImages();
        }

        public String describe() {
            return String.format(Locale.ROOT, "image files: %,d workloads, %s operation, %,d pairs, seed %d%n"
                    + "%,d points: %,d exhausted sector by sector, %,d sampled%n"
                    + "%,d states recovered and judged, %,d of cuts during recovery among them; %,d alike were not "
                    + "tried again (%.1f s)%n%,d violations%n", workloads, allSingles ? "every" : "not every",
                    pairs, seed, coverage.points(), coverage.exhaustivePoints(), coverage.sampledPoints(),
                    states(), coverage.nestedImages(), coverage.prunedImages(), nanos / 1e9, violations.size());
        }
    }

    private final long seed;
    private final long deadlineNanos;
    private final int nestedEvery;
    private final Watcher watcher;
    private final List<Operation> set = Operations.all();
    private final List<Start.Image> images = new ArrayList<>();
    private final List<Violation> violations = new ArrayList<>();
    private final AtomicLong next = new AtomicLong();
    private final long singles;
    private long done;
    private long pairs;

    private PageCampaign(long seed, long budgetNanos, int nestedEvery, Watcher watcher) {
        this.seed = seed;
        this.nestedEvery = nestedEvery;
        this.watcher = watcher;
        for (Start each : Start.values()) {
            images.add(each.make());
        }
        this.singles = (long) set.size() * images.size() * SECTORS.length;
        this.deadlineNanos = System.nanoTime() + budgetNanos;
    }

    /// @param budgetNanos when to stop, at the latest; 0 to stop when every single operation had its turn
    /// @param nestedEvery of how many images one has the recovery from it cut, too; 0 for none
    public static Report run(long seed, long budgetNanos, int workers, int nestedEvery, Watcher watcher) {
        return new PageCampaign(seed, budgetNanos == 0 ? Long.MAX_VALUE / 2 : budgetNanos, nestedEvery, watcher)
                .run(workers, budgetNanos > 0 ? Long.MAX_VALUE : 0);
    }

    /// The first few workloads of a campaign.
    static Report first(long count, long seed) {
        PageCampaign campaign = new PageCampaign(seed, Long.MAX_VALUE / 2, 0, (done, found) -> { });
        return campaign.run(1, count);
    }

    /// @param most workloads; 0 for one of each single operation
    private Report run(int workers, long most) {
        long last = most == 0 ? singles : most;
        long began = System.nanoTime();
        Coverage coverage = Coverage.NONE;
        try (ExecutorService threads = Executors.newFixedThreadPool(workers)) {
            List<Future<Coverage>> shares = new ArrayList<>();
            for (int i = 0; i < workers; i++) {
                shares.add(threads.submit(() -> work(last)));
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
        return new Report(done, pairs, done - pairs == singles, coverage, List.copyOf(violations),
                System.nanoTime() - began, seed);
    }

    private Coverage work(long last) {
        PageLab[] labs = new PageLab[images.size() * SECTORS.length];
        Coverage sum = Coverage.NONE;
        try {
            while (System.nanoTime() < deadlineNanos && !isEnough()) {
                long index = next.getAndIncrement();
                if (index >= last) {
                    break;
                }
                int lab = (int) (index % labs.length);
                Start start = Start.values()[lab / SECTORS.length];
                if (labs[lab] == null) {
                    labs[lab] = new PageLab(images.get(lab / SECTORS.length), seed, SECTORS[lab % SECTORS.length],
                            nestedEvery);
                }
                report(labs[lab].run(workload(start, index)), index >= singles);
            }
        } finally {
            for (PageLab each : labs) {
                if (each != null) {
                    sum = sum.plus(each.coverage());
                    each.close();
                }
            }
        }
        return sum;
    }

    private Workload workload(Start start, long index) {
        if (index < singles) {
            return new Workload(start, List.of(set.get((int) (index / (images.size() * SECTORS.length)))));
        }
        SplittableRandom random = new SplittableRandom(seed * 1_000_003 + index);
        return new Workload(start, List.of(set.get(random.nextInt(set.size())), set.get(random.nextInt(set.size()))));
    }

    private synchronized boolean isEnough() {
        return violations.size() >= MAX_VIOLATIONS;
    }

    private synchronized void report(Violation violation, boolean isPair) {
        if (violation != null) {
            violations.add(violation);
        }
        done++;
        pairs += isPair ? 1 : 0;
        watcher.done(done, violations.size());
    }
}
