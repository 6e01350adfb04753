package dev.stele.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// Runs contenders in turns (M1) and forms times and ratios from their slices.
final class Race {
    private static final int LAST_ROUNDS = 3;
    /// So many rounds in which nobody was disturbed say more than all.
    private static final int QUIET_ROUNDS_MIN = 5;
    /// Slices that do not count are so much shorter. The compiler looks at a work's loop when the loop has been called
    /// some hundred times, and until then a slice of a few thousand turns runs in code that is still being profiled.
    private static final int WARM_UP_SHARE = 8;
    /// Of the time of a processor that warming up may take, so many times as much on the clock: some work waits for a
    /// disk's journal, and others may have the processor.
    private static final int CLOCK_SHARES = 5;

    private final Effort effort;
    private final boolean warmsUpSideBySide;
    private final Random random;

    Race(Effort effort, long seed) {
        this(effort, seed, false);
    }

    /// @param warmsUpSideBySide whether contenders that have nothing in common are warmed up by two threads, the first
    ///     by one of them, all others by the other: while the compilers work for one, the other runs. What counts is
    ///     always done by one thread alone
    Race(Effort effort, long seed, boolean warmsUpSideBySide) {
        this.effort = effort;
        this.warmsUpSideBySide = warmsUpSideBySide;
        this.random = new Random(seed);
    }

    /// @param contenders the first is Stele
    Outcome run(List<Contender> contenders) throws Exception {
        List<Slices> all = new ArrayList<>();
        for (Contender each : contenders) {
            all.add(new Slices(each, CoreProbe.OF_PROCESS));
        }
        warmUp(all);
        all.forEach(Slices::start);
        long from = System.nanoTime();
        for (int round = 0; round < effort.roundsMin() || System.nanoTime() - from < effort.measureNanos(); round++) {
            for (Slices each : shuffled(all, random)) {
                each.measure(effort.retakesMax());
            }
        }
        return outcome(all);
    }

    /// At last all run some rounds together.
    private void warmUp(List<Slices> all) throws Exception {
        if (effort.warmUpNanosMax() > 0) {
            if (warmsUpSideBySide) {
                SideBySide.run(() -> settle(all.subList(0, 1), new Random(0)),
                        () -> settle(all.subList(1, all.size()), random));
            } else {
                settle(all, random);
            }
        }
        for (int round = 0; round < LAST_ROUNDS; round++) {
            for (Slices each : shuffled(all, random)) {
                each.warmUp(effort.sliceNanos());
            }
        }
    }

    /// Contenders take turns here, too, but who has come to rest waits for the others: what is large takes longer to be
    /// compiled.
    private void settle(List<Slices> all, Random order) throws Exception {
        long end = ProcessTime.nanos() + effort.warmUpNanosMax();
        long endOnClock = System.nanoTime() + CLOCK_SHARES * effort.warmUpNanosMax();
        List<Slices> restless = new ArrayList<>(all);
        while (!restless.isEmpty()) {
            for (Slices each : shuffled(restless, order)) {
                warmUp(each);
            }
            boolean isLate = ProcessTime.nanos() >= end || System.nanoTime() >= endOnClock;
            restless.removeIf(each -> isLate ? !each.isCold() : each.isAtRest(effort.warmUpNanos()));
        }
    }

    private void warmUp(Slices contender) throws Exception {
        long compiledBefore = CompileTime.millis();
        contender.warmUp(effort.sliceNanos() / WARM_UP_SHARE);
        contender.noteCompiled(CompileTime.millis() != compiledBefore);
    }

    private static List<Slices> shuffled(List<Slices> all, Random random) {
        List<Slices> order = new ArrayList<>(all);
        Collections.shuffle(order, random);
        return order;
    }

    private static Outcome outcome(List<Slices> all) {
        int[] rounds = rounds(all);
        double[] own = times(all.getFirst(), rounds);
        Map<String, Summary> peers = new LinkedHashMap<>();
        Map<String, Summary> ratios = new LinkedHashMap<>();
        for (Slices peer : all.subList(1, all.size())) {
            double[] others = times(peer, rounds);
            peers.put(peer.contender().name(), Summary.of(others));
            ratios.put(peer.contender().name(), Summary.of(ratios(own, others)));
        }
        return new Outcome(Summary.of(own), peers, ratios, all.getFirst().costs());
    }

    private static int[] rounds(List<Slices> all) {
        BitSet disturbed = new BitSet();
        all.forEach(each -> disturbed.or(each.disturbed()));
        return rounds(disturbed, all.getFirst().nanosPerOperation().length);
    }

    /// Those in which nobody was disturbed, or all where these are few: the same for all contenders.
    static int[] rounds(BitSet disturbed, int roundCount) {
        int[] quiet = IntStream.range(0, roundCount).filter(round -> !disturbed.get(round)).toArray();
        return quiet.length >= QUIET_ROUNDS_MIN ? quiet : IntStream.range(0, roundCount).toArray();
    }

    private static double[] times(Slices contender, int[] rounds) {
        double[] times = contender.nanosPerOperation();
        return Arrays.stream(rounds).mapToDouble(round -> times[round]).toArray();
    }

    /// Round by round, so that what slowed a whole round down is in both.
    static double[] ratios(double[] own, double[] others) {
        double[] ratios = new double[own.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = others[i] / own[i];
        }
        return ratios;
    }

    /// @param ratios greater than 1 where the first contender is faster
    record Outcome(Summary stele, Map<String, Summary> peers, Map<String, Summary> ratios, Costs costs) {
    }
}
