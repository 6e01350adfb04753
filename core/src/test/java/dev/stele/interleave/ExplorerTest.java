package dev.stele.interleave;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/// The explorer on programs so small that everything about them is known.
class ExplorerTest {
    private static final boolean DEEP = "deep".equals(System.getProperty("stele.interleave"));
    private static final long SEED = Long.getLong("stele.seed", 2016);

    @Test
    void independentStepsHaveOneOrder() {
        assertEquals(1, explore(new Program("w0 w0 w0", "w1 w1 w1")).interleavings());
    }

    @Test
    void dependentStepsHaveEveryOrder() {
        assertEquals(20, explore(new Program("w0 w0 w0", "w0 w0 w0")).interleavings());
        assertEquals(4, explore(new Program("r0 r0 r0", "w0")).interleavings());
        assertEquals(1, explore(new Program("r0 r0", "r0 r0")).interleavings());
    }

    @Test
    void sectionsUnderOneLockHaveTwoOrders() {
        assertEquals(2, explore(new Program("+0 w0 w1 -0", "+0 w1 w0 -0")).interleavings());
        assertEquals(6, explore(new Program("+0 w0 -0", "+0 w0 -0", "+0 w0 -0")).interleavings());
    }

    @Test
    void locksTakenInTwoOrdersAreADeadlock() {
        ScheduleFailure found = assertThrows(ScheduleFailure.class,
                () -> explore(new Program("+0 +1 -1 -0", "+1 +0 -0 -1")));
        assertTrue(found.getMessage().contains("deadlock"), found.getMessage());
        assertThrows(ScheduleFailure.class,
                () -> new Explorer(new Program("+0 +1 -1 -0", "+1 +0 -0 -1")).replay(found.schedule()));
    }

    @Test
    void aLostUpdateIsAmongTheOutcomes() {
        Program program = new Program("r0 i0", "r0 i0");
        explore(program);
        assertEquals(3, program.outcomes.size(), program.outcomes.toString());
    }

    /// What the reduction leaves out is equivalent to what it explores: the outcomes are the same.
    @Test
    void theReductionMissesNoOutcome() {
        SplittableRandom random = new SplittableRandom(SEED);
        long reduced = 0;
        long all = 0;
        for (int round = 0; round < (DEEP ? 200 : 5); round++) {
            String[] tasks = new String[round % 5 == 0 ? 3 : 2];
            for (int i = 0; i < tasks.length; i++) {
                tasks[i] = randomTask(random, tasks.length == 2 ? 5 : 3);
            }
            Program quick = new Program(tasks);
            Program slow = new Program(tasks);
            reduced += new Explorer(quick).explore(Long.MAX_VALUE).interleavings();
            all += new Explorer(slow, false).explore(Long.MAX_VALUE).interleavings();
            assertEquals(slow.outcomes, quick.outcomes, "seed " + SEED + ": " + Arrays.toString(tasks));
        }
        System.out.println("reduction: " + reduced + " of " + all + " interleavings, with the same outcomes");
        assertTrue(reduced < all);
    }

    private static String randomTask(SplittableRandom random, int length) {
        StringBuilder text = new StringBuilder();
        boolean isLocked = false;
        for (int i = 0; i < length; i++) {
            if (random.nextInt(4) == 0) {
                text.append(isLocked ? "-0 " : "+0 ");
                isLocked = !isLocked;
            } else {
                text.append("rwi".charAt(random.nextInt(3))).append(random.nextInt(2)).append(' ');
            }
        }
        return (isLocked ? text.append("-0") : text).toString().strip();
    }

    private static Coverage explore(Program program) {
        return new Explorer(program).explore(Long.MAX_VALUE);
    }

    /// Tasks over two variables and two locks: `r0` reads, `w0` writes something only this task does, `i0` writes one
    /// more than was read last, `+0` locks, `-0` unlocks.
    private static final class Program implements Scenario {
        final Set<String> outcomes = new TreeSet<>();
        private final String[] tasks;
        private final long[] variables = new long[2];
        private final StringBuilder[] seen;
        private ReentrantLock[] locks;

        Program(String... tasks) {
            this.tasks = tasks;
            this.seen = new StringBuilder[tasks.length];
        }

        @Override
        public List<Runnable> begin() {
            Arrays.fill(variables, 0);
            locks = new ReentrantLock[] {new ReentrantLock(), new ReentrantLock()};
            for (ReentrantLock each : locks) {
                Steps.lock(each, "begin");
                Steps.unlock(each, "begin");
            }
            List<Runnable> bodies = new ArrayList<>();
            for (int i = 0; i < tasks.length; i++) {
                int task = i;
                seen[i] = new StringBuilder();
                bodies.add(() -> perform(task));
            }
            return bodies;
        }

        private void perform(int task) {
            long last = 0;
            for (String each : tasks[task].split(" ")) {
                int which = each.charAt(1) - '0';
                switch (each.charAt(0)) {
                    case '+' -> Steps.lock(locks[which], tasks[task]);
                    case '-' -> Steps.unlock(locks[which], tasks[task]);
                    case 'r' -> {
                        Steps.step(each, "variable " + which, false);
                        last = variables[which];
                        seen[task].append(last).append(' ');
                    }
                    case 'w' -> {
                        Steps.step(each, "variable " + which, true);
                        variables[which] = variables[which] * 10 + task + 1;
                    }
                    default -> {
                        Steps.step(each, "variable " + which, true);
                        variables[which] = last + 1;
                    }
                }
            }
        }

        @Override
        public void afterStep(boolean unlocked) {
            assertEquals(unlocked, !locks[0].isLocked() && !locks[1].isLocked());
        }

        @Override
        public void end() {
            outcomes.add(Arrays.toString(variables) + " " + Arrays.toString(seen));
        }
    }
}
