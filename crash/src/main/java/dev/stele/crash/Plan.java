package dev.stele.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Which workloads a campaign has, and how thoroughly each is cut:
///
/// - every sequence of one operation, and every one of two, from every [Start]; those of two are exhausted from an
///   empty and from a populated volume, and cut lightly from a nearly full and from a fragmented one;
/// - sequences of three core operations, from an empty volume;
/// - long walks by chance, cut lightly everywhere.
final class Plan {
    private static final long FORWARD = 1_000_003;

    private final List<Segment> segments = new ArrayList<>();
    private final long count;

    Plan(Settings settings, long walks) {
        List<Operation> set = Operations.all();
        List<Operation> core = set.stream().filter(Operation::isCore).toList();
        Settings light = settings.light();
        long seed = settings.seed() * FORWARD;
        segments.add(Segment.of(1, List.of(Start.values()), set, settings, seed));
        if (walks > 0) {
            segments.add(Segment.walks(walks, light, seed));
        }
        if (settings.length() >= 2) {
            segments.add(Segment.of(2, List.of(Start.EMPTY, Start.POPULATED), set, settings, seed));
            segments.add(Segment.of(2, List.of(Start.NEARLY_FULL, Start.FRAGMENTED), set, light, seed));
        }
        if (settings.length() >= 3) {
            segments.add(Segment.of(3, List.of(Start.EMPTY), core, settings, seed));
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
    /// @param length of given sequences, 0 for walks
    /// @param count of all there are
    record Segment(int length, List<Start> starts, List<Operation> operations, long count, long factor, long shift,
            Settings settings) {
        private static final int MIN_WALK = 10;
        private static final int MAX_WALK = 200;

        static Segment of(int length, List<Start> starts, List<Operation> operations, Settings settings, long seed) {
            long count = starts.size();
            for (int i = 0; i < length; i++) {
                count *= operations.size();
            }
            SplittableRandom random = new SplittableRandom(seed + length);
            long factor = random.nextLong(count) | 1;
            while (gcd(factor, count) != 1) {
                factor += 2;
            }
            return new Segment(length, starts, operations, count, factor, random.nextLong(count), settings);
        }

        static Segment walks(long count, Settings settings, long seed) {
            return new Segment(0, List.of(Start.values()), List.of(), count, 1, seed, settings);
        }

        private static long gcd(long a, long b) {
            return b == 0 ? a : gcd(b, a % b);
        }

        /// How many of them are run.
        long taken() {
            return settings.perPart() == 0 ? count : Math.min(count, settings.perPart());
        }

        Workload at(long index) {
            if (length == 0) {
                return walk(index);
            }
            long place = Math.multiplyHigh(index, factor) == 0 ? index * factor % count : index;
            long number = (place + shift) % count;
            Start start = starts.get((int) (number % starts.size()));
            number /= starts.size();
            List<Operation> sequence = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                sequence.add(operations.get((int) (number % operations.size())));
                number /= operations.size();
            }
            return new Workload(start, sequence);
        }

        /// Short walks are more frequent than long ones.
        private Workload walk(long index) {
            SplittableRandom random = new SplittableRandom(shift + index * FORWARD);
            int length = MIN_WALK + random.nextInt(1 + random.nextInt(MAX_WALK - MIN_WALK + 1));
            return Workload.walk(starts.get((int) (index % starts.size())), random.nextLong() >>> 1, length);
        }

        private String describe() {
            List<String> names = starts.stream()
                    .map(start -> start.name().toLowerCase(Locale.ROOT).replace('_', ' ')).toList();
            return String.format(Locale.ROOT, "%s%,d %s, from %s volumes; all choices of a point where there are at "
                    + "most %,d, else %d random ones of whole lines and %d word by word, and what is telling",
                    taken() < count ? String.format(Locale.ROOT, "%,d of ", taken()) : "", count,
                    length == 0 ? "walks of " + MIN_WALK + " to " + MAX_WALK + " operations"
                            : "sequences of " + length + " of " + operations.size() + " operations",
                    String.join(", ", names), settings.exhaustiveTo(), settings.samples() / 2,
                    settings.samples() / 6);
        }
    }
}
