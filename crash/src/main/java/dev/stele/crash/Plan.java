package dev.stele.crash;

import dev.stele.volume.SyncStrategy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Which workloads a campaign has, and how thoroughly each is cut:
///
/// - every sequence of one operation, from every [Start] and with every [SyncStrategy];
/// - every one of two; they are exhausted from an empty and from a populated volume, and cut lightly from a nearly full
///   and from a fragmented one, and so are the pairs of a core operation and one that comes beside these only;
/// - sequences of three core operations, from an empty volume;
/// - long walks by chance, cut lightly everywhere; the first twentieth of them with each other strategy, too.
final class Plan {
    private static final long FORWARD = 1_000_003;
    private static final List<SyncStrategy> STRATEGIES =
            List.of(SyncStrategy.FILE, SyncStrategy.VOLUME, SyncStrategy.IMMEDIATE);
    /// Walks with the default strategy for one with each other.
    private static final long WALKS_PER_OTHER = 20;

    private final List<Segment> segments = new ArrayList<>();
    private final long count;

    Plan(Settings settings, long walks) {
        List<Operation> set = Operations.all();
        List<Operation> usual = set.stream().filter(each -> each.reach() != Reach.BESIDE_CORE).toList();
        List<Operation> rare = set.stream().filter(each -> each.reach() == Reach.BESIDE_CORE).toList();
        List<Operation> core = set.stream().filter(Operation::isCore).toList();
        List<Start> starts = List.of(Start.values());
        Settings light = settings.light();
        long seed = settings.seed() * FORWARD;
        for (SyncStrategy each : STRATEGIES) {
            segments.add(Segment.of(starts, each, List.of(set), settings, seed));
        }
        if (walks > 0) {
            segments.add(Segment.walks(walks, SyncStrategy.FILE, light, seed));
        }
        for (SyncStrategy each : STRATEGIES) {
            if (each != SyncStrategy.FILE && walks >= WALKS_PER_OTHER) {
                segments.add(Segment.walks(walks / WALKS_PER_OTHER, each, light, seed));
            }
        }
        if (settings.length() >= 2) {
            segments.add(Segment.of(List.of(Start.EMPTY, Start.POPULATED), List.of(usual, usual), settings, seed));
            segments.add(Segment.of(List.of(Start.NEARLY_FULL, Start.FRAGMENTED), List.of(usual, usual), light, seed));
            segments.add(Segment.of(starts, List.of(rare, core), light, seed));
            segments.add(Segment.of(starts, List.of(core, rare), light, seed));
        }
        if (settings.length() >= 3) {
            segments.add(Segment.of(List.of(Start.EMPTY), List.of(core, core, core), settings, seed));
        }
        count = segments.stream().mapToLong(Segment::taken).sum();
    }

    long count() {
        return count;
    }

    /// @return null behind the last
    Segment segment(long index) {
        long rest = index;
        for (Segment each : segments) {
            if (rest < each.taken()) {
                return each;
            }
            rest -= each.taken();
        }
        return null;
    }

    /// @param index within the whole plan
    Workload workload(long index) {
        long rest = index;
        for (Segment each : segments) {
            if (rest < each.taken()) {
                return each.at(rest);
            }
            rest -= each.taken();
        }
        throw new IndexOutOfBoundsException(Long.toString(index));
    }

    /// What is run, for people: a line for each part.
    List<String> describe() {
        return segments.stream().map(Segment::describe).toList();
    }

    /// Workloads of one kind, shuffled by multiplication with a number that has no factor in common with their count,
    /// so that a campaign that is stopped, or takes only some, has seen a fair part.
    ///
    /// @param strategy of syncing while the operations run
    /// @param places what may stand at each place of a sequence; none for walks
    /// @param count of all there are
    record Segment(List<Start> starts, SyncStrategy strategy, List<List<Operation>> places, long count, long factor,
            long shift, Settings settings) {
        private static final int MIN_WALK = 10;
        private static final int MAX_WALK = 200;

        static Segment of(List<Start> starts, List<List<Operation>> places, Settings settings, long seed) {
            return of(starts, SyncStrategy.FILE, places, settings, seed);
        }

        static Segment of(List<Start> starts, SyncStrategy strategy, List<List<Operation>> places, Settings settings,
                long seed) {
            long count = starts.size();
            for (List<Operation> each : places) {
                count *= each.size();
            }
            SplittableRandom random = new SplittableRandom(seed + places.size());
            long factor = random.nextLong(count) | 1;
            while (gcd(factor, count) != 1) {
                factor += 2;
            }
            return new Segment(starts, strategy, places, count, factor, random.nextLong(count), settings);
        }

        static Segment walks(long count, SyncStrategy strategy, Settings settings, long seed) {
            return new Segment(List.of(Start.values()), strategy, List.of(), count, 1, seed, settings);
        }

        private static long gcd(long a, long b) {
            return b == 0 ? a : gcd(b, a % b);
        }

        /// How many of them are run.
        long taken() {
            return settings.perPart() == 0 ? count : Math.min(count, settings.perPart());
        }

        Workload at(long index) {
            if (places.isEmpty()) {
                return walk(index);
            }
            long place = Math.multiplyHigh(index, factor) == 0 ? index * factor % count : index;
            long number = (place + shift) % count;
            Start start = starts.get((int) (number % starts.size()));
            number /= starts.size();
            List<Operation> sequence = new ArrayList<>();
            for (List<Operation> each : places) {
                sequence.add(each.get((int) (number % each.size())));
                number /= each.size();
            }
            return new Workload(start, strategy, sequence);
        }

        /// Short walks are more frequent than long ones.
        private Workload walk(long index) {
            SplittableRandom random = new SplittableRandom(shift + index * FORWARD);
            int length = MIN_WALK + random.nextInt(1 + random.nextInt(MAX_WALK - MIN_WALK + 1));
            Start start = starts.get((int) (index % starts.size()));
            return Workload.walk(start, strategy, random.nextLong() >>> 1, length);
        }

        private String describe() {
            List<String> names = starts.stream()
                    .map(start -> start.name().toLowerCase(Locale.ROOT).replace('_', ' ')).toList();
            return String.format(Locale.ROOT, "%s%,d %s, from %s volumes%s; all choices of a point where there are at "
                    + "most %,d, else %s%d random ones of whole lines and %d word by word, and what is telling",
                    taken() < count ? String.format(Locale.ROOT, "%,d of ", taken()) : "", count, what(),
                    String.join(", ", names), strategy == SyncStrategy.FILE ? "" : ", strategy " + strategy,
                    settings.exhaustiveTo(), lazily(), settings.samples() / 2, settings.samples() / 6);
        }

        private String lazily() {
            return settings.lazyRuns() == 0 ? ""
                    : String.format(Locale.ROOT, "all that recovery reads in at most %,d runs, else ",
                            settings.lazyRuns());
        }

        private String what() {
            if (places.isEmpty()) {
                return "walks of " + MIN_WALK + " to " + MAX_WALK + " operations";
            }
            List<String> sizes = places.stream().map(each -> Integer.toString(each.size())).distinct().toList();
            return "sequences of " + places.size() + " of " + String.join(" and ", sizes) + " operations";
        }
    }
}
