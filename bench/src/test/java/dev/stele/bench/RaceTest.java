package dev.stele.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RaceTest {
    private static final Costs NO_COSTS = new Costs(0, 0, 0, 0);

    /// Writes down what is asked of it.
    private static final class Recorder extends Work {
        private final String name;
        private final List<String> calls;

        Recorder(String name, List<String> calls) {
            this.name = name;
            this.calls = calls;
        }

        @Override
        int operationsMax() {
            return 3;
        }

        @Override
        void prepare(int operationCount) {
            calls.add(name + " prepare");
        }

        @Override
        void run(int operationCount) {
            assertTrue(operationCount >= 1 && operationCount <= 3);
            calls.add(name + " run");
        }

        @Override
        void check(int operationCount) {
            calls.add(name + " check");
        }
    }

    private final List<String> calls = new ArrayList<>();

    private Contender contender(String name) {
        return Contender.peer(name, new Recorder(name, calls));
    }

    @Test
    void contendersTakeTurnsInSlices() throws Exception {
        new Race(Effort.TINY, 1).run(List.of(contender("a"), contender("b"), contender("c")));
        assertEquals(0, calls.size() % 9);
        for (int i = 0; i < calls.size(); i += 9) {
            Set<String> round = new HashSet<>();
            for (int turn = i; turn < i + 9; turn += 3) {
                String name = calls.get(turn).substring(0, 1);
                round.add(name);
                assertEquals(List.of(name + " prepare", name + " run", name + " check"), calls.subList(turn, turn + 3));
            }
            assertEquals(Set.of("a", "b", "c"), round);
        }
    }

    /// A quick run has too little time to compile what a creation takes: it and its peers are warmed up by count.
    @Test
    void someWorksWarmUpByCountWhateverTheTime() throws Exception {
        int[] done = {0, 0};
        List<Contender> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int index = i;
            both.add(Contender.peer("peer-" + i, new Work() {
                @Override
                int operationsMax() {
                    return 1;
                }

                @Override
                int warmUpOperations() {
                    return index == 0 ? 5000 : 0;
                }

                @Override
                void run(int operationCount) {
                    done[index] += operationCount;
                }
            }));
        }
        new Race(new Effort(0, 1, 0, 1, 2, 0), 1).run(both);
        assertTrue(done[0] >= 5000 + 2 && done[0] <= 50_000 + 10, "operations: " + done[0]);
        assertTrue(done[1] < 5000, "the other waits: " + done[1]);
        done[0] = 0;
        new Race(Effort.TINY, 1).run(both);
        assertTrue(done[0] < 100, "where nothing is warmed up, nothing is");
    }

    @Test
    void theOrderOfTurnsIsTheSeedsAndChanges() throws Exception {
        Effort effort = new Effort(0, 0, 0, 1, 50, 0);
        new Race(effort, 7).run(List.of(contender("a"), contender("b")));
        Set<String> firsts = new HashSet<>();
        for (int i = 0; i < calls.size(); i += 6) {
            firsts.add(calls.get(i));
        }
        assertEquals(2, firsts.size());
    }

    /// Above 1 is in favour of the first, which is Stele.
    @Test
    void aRatioIsThePeersTimeForOneOfOurs() {
        assertArrayEquals(new double[] {2, 0.5, 3}, Race.ratios(new double[] {10, 10, 1}, new double[] {20, 5, 3}));
    }

    /// A disturbance that meets both of one round leaves the ratio alone.
    @Test
    void ratiosAreFormedRoundByRound() {
        double[] own = {10, 1000, 10};
        double[] other = {30, 3000, 30};
        assertEquals(new Summary(3, 3, 3), Summary.of(Race.ratios(own, other)));
    }

    /// M7: what is left out is left out for all, and not where little would be left.
    @Test
    void roundsInWhichNobodyWasDisturbedCountWhereThereAreEnough() {
        BitSet disturbed = new BitSet();
        assertArrayEquals(new int[] {0, 1}, Race.rounds(disturbed, 2));
        disturbed.set(1, 3);
        assertArrayEquals(new int[] {0, 3, 4, 5, 6}, Race.rounds(disturbed, 7));
        assertArrayEquals(new int[] {0, 1, 2, 3, 4, 5}, Race.rounds(disturbed, 6));
    }

    @Test
    void aGoalIsMissedWhereTheRatioIsLess() {
        RowResult result = new RowResult("row", "ns/op", Summary.exactly(1), Map.of("p", Summary.exactly(3)),
                Map.of("p", Summary.exactly(3)), NO_COSTS, List.of(new Goal("p", 3.1), new Goal("absent", 5)));
        assertEquals(List.of(new Goal("p", 3.1)), result.missed());
        RowResult reached = new RowResult("row", "ns/op", Summary.exactly(1), Map.of("p", Summary.exactly(3)),
                Map.of("p", Summary.exactly(3)), NO_COSTS, List.of(new Goal("p", 3)));
        assertEquals(List.of(), reached.missed());
    }

    @Test
    void aWrongResultEndsTheRace() {
        Work liar = new Work() {
            @Override
            void run(int operationCount) {
            }

            @Override
            void check(int operationCount) {
                WrongResult.require(false, "nothing was done");
            }
        };
        assertThrows(WrongResult.class, () -> new Race(Effort.TINY, 1).run(List.of(Contender.peer("liar", liar))));
    }

    @Test
    void twoThreadsDoHalfEach() throws Exception {
        List<String> here = new ArrayList<>();
        List<String> there = new ArrayList<>();
        try (PairWork pair = new PairWork(new Recorder("here", here), new Recorder("there", there), List.of())) {
            for (int i = 0; i < 3; i++) {
                pair.prepare(2);
                pair.run(2);
                pair.check(2);
            }
            assertEquals(2, pair.operationsOf(2));
            assertEquals(2, pair.operationsOf(1));
            assertEquals(6, pair.operationsMax());
        }
        assertEquals(9, here.size());
        assertEquals(9, there.size());
    }

    @Test
    void whatTheSecondThreadThrowsIsTold() throws Exception {
        Work failing = new Work() {
            @Override
            void run(int operationCount) {
                throw new WrongResult("in the second thread");
            }
        };
        try (PairWork pair = new PairWork(new Recorder("here", calls), failing, List.of())) {
            pair.prepare(2);
            assertTrue(assertThrows(WrongResult.class, () -> pair.run(2)).getMessage().contains("second thread"));
        }
    }

    @Test
    void theWorstPairIsTheLineScale() {
        RowResult good = scale("scale-a", 1.9);
        RowResult bad = scale("scale-b", 1.2);
        RowResult worst = Plan.worstScale(List.of(good, bad, scale("other", 0.1), scale("scale-raw-a", 0.2)));
        assertEquals("scale", worst.name());
        assertEquals(1.2, worst.ratios().get(Peer.SELF).median());
        assertEquals(1, worst.missed().size());
        assertEquals(null, Plan.worstScale(List.of(scale("other", 0.1))));
    }

    private static RowResult scale(String name, double ratio) {
        return new RowResult(name, "ns/op", Summary.exactly(1), Map.of(Peer.SELF, Summary.exactly(ratio)),
                Map.of(Peer.SELF, Summary.exactly(ratio)), NO_COSTS, List.of());
    }

    @Test
    void eachContenderHasCodeOfItsOwn() {
        Work one = OwnCode.of(SparseSyncWork.class, null, segment(), null, 1, 0, 1L);
        Work other = OwnCode.of(SparseSyncWork.class, null, segment(), null, 1, 0, 1L);
        assertNotSame(one.getClass(), other.getClass());
    }

    private static java.lang.foreign.MemorySegment segment() {
        return java.lang.foreign.Arena.ofAuto().allocate(8192);
    }
}
