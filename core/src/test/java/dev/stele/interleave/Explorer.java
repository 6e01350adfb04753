package dev.stele.interleave;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Runs a [Scenario] once for every interleaving of its tasks' steps, but for those that differ only in the order of
/// steps that have nothing to do with one another.
///
/// Depth-first and stateless: each run replays the choices up to where it differs from the one before. Which choices
/// matter is found out from what the steps touched (dynamic partial-order reduction: Flanagan and Godefroid 2005,
/// with the source sets of Abdulla and others 2014): where two steps of different tasks are dependent, and nothing in
/// between forced their order, the other order is explored too; sleep sets see to it that none is explored twice.
///
/// - **E1** A step and what follows it up to the task's next one is one transition. What it touched is recorded while
///   it happens, not guessed before.
/// - **E2** A state that a power cut may find is the same in all equivalent runs only if the order of what decides it
///   is: a drain is dependent with every store and verb, a look at the medium with every drain. Stores
///   of different lines may change places: whatever a power cut may leave between them, it may leave after both.
/// - **E3** Loads from the medium and from plain fields are no steps: Stele does them under a lock, or believes them
///   only if a lock's stamp is still valid, and those are steps.
/// - **E4** A wait is a step that can be taken once it can succeed, so nobody spins. A state in which none can be taken
///   is a deadlock.
public final class Explorer {
    /// What is known of one state on the way from the start of the current run.
    private static final class Node {
        int enabled;
        /// tasks whose step must be explored from here
        int backtrack;
        /// what the step of a task touched that need not be explored from here (again); null for other tasks
        Accesses[] sleep;
        int chosen;
        /// what the chosen step touched
        Accesses made;
        /// locks that the chosen task held before
        List<HeldLock> held;
        /// for each task, index of its last step that happens before the end of the chosen one
        int[] clock;
        String text;
    }

    private final Scenario scenario;
    private final boolean reduces;
    private final List<Node> nodes = new ArrayList<>();
    private final List<Task> tasks = new ArrayList<>();
    /// fingerprint of the preparation
    private int prepared;
    private long interleavings;
    private long redundant;
    private long steps;
    private int longest;

    public Explorer(Scenario scenario) {
        this(scenario, true);
    }

    /// @param reduces whether to leave out what is equivalent; without, this is what the reduction is measured by
    Explorer(Scenario scenario, boolean reduces) {
        this.scenario = scenario;
        this.reduces = reduces;
    }

    /// Explores everything, or up to a bound on the number of runs.
    ///
    /// @throws ScheduleFailure at the first schedule under which something goes wrong
    public Coverage explore(long maxRuns) {
        rehearse();
        boolean more = true;
        for (long runs = 0; more && runs < maxRuns; runs++) {
            run(null);
            more = backtrack();
        }
        return new Coverage(interleavings, redundant, steps, longest, scenario.powerCuts(), !more);
    }

    /// Runs one schedule, and what it leaves open as it comes.
    ///
    /// @return the steps taken
    public String replay(String schedule) {
        rehearse();
        run(Schedule.parse(schedule));
        String text = describe();
        nodes.clear();
        return text;
    }

    /// Runs the tasks one after the other: what only a first run does, such as loading classes, is done then. Whether
    /// it goes well is for the exploration to find.
    private void rehearse() {
        nodes.clear();
        for (int i = 0; i < 2; i++) {
            begin();
            prepared = Steps.NAMES.fingerprint();
            for (int enabled = enabled(); enabled != 0; enabled = enabled()) {
                resume(tasks.get(Integer.numberOfTrailingZeros(enabled)));
            }
            if (tasks.stream().anyMatch(each -> !each.isDone())) {
                tasks.clear();
            }
        }
    }

    private void run(Schedule given) {
        List<Runnable> bodies = begin();
        if (Steps.NAMES.fingerprint() != prepared) {
            throw failure(new IllegalStateException("the preparation of this run differs from that of the first"));
        }
        int known = Math.max(0, nodes.size() - 1);
        int last = 0;
        for (int depth = 0; ; depth++) {
            int enabled = enabled();
            if (enabled == 0) {
                finish(bodies.size());
                longest = Math.max(longest, depth);
                return;
            }
            if (depth == nodes.size() && !add(depth, enabled, last)) {
                redundant++;
                abandon();
                return;
            }
            Node node = nodes.get(depth);
            if (node.enabled != enabled) {
                throw failure(new IllegalStateException("not deterministic: enabled were " + node.enabled
                        + ", are " + enabled));
            }
            if (given != null && depth < given.length() && (enabled >>> given.task(depth) & 1) != 0) {
                node.chosen = given.task(depth);
            }
            take(node);
            if (depth >= known) {
                order(depth);
                look();
            }
            last = node.chosen;
        }
    }

    private List<Runnable> begin() {
        scenario.clear();
        Steps.NAMES.begin();
        List<Runnable> bodies = scenario.begin();
        Steps.NAMES.prepared();
        while (tasks.size() < bodies.size()) {
            tasks.add(new Task(String.valueOf((char) ('a' + tasks.size()))));
        }
        for (int i = 0; i < bodies.size(); i++) {
            tasks.get(i).begin(bodies.get(i));
        }
        return bodies;
    }

    private int enabled() {
        int enabled = 0;
        for (int i = 0; i < tasks.size(); i++) {
            enabled |= tasks.get(i).isEnabled() ? 1 << i : 0;
        }
        return enabled;
    }

    /// A state never reached before: the same task goes on if it can.
    ///
    /// @return false where every step that can be taken is asleep
    private boolean add(int depth, int enabled, int last) {
        Node node = new Node();
        node.enabled = enabled;
        node.sleep = new Accesses[tasks.size()];
        if (depth > 0) {
            Node before = nodes.get(depth - 1);
            for (int i = 0; i < node.sleep.length; i++) {
                if (reduces && i != before.chosen && before.sleep[i] != null
                        && !before.sleep[i].conflictsWith(before.made)) {
                    node.sleep[i] = before.sleep[i];
                }
            }
        }
        int choices = enabled & ~asleep(node);
        if (choices == 0) {
            return false;
        }
        node.chosen = (choices >>> last & 1) != 0 ? last : Integer.numberOfTrailingZeros(choices);
        node.backtrack = reduces ? 1 << node.chosen : enabled;
        nodes.add(node);
        return true;
    }

    private static int asleep(Node node) {
        int asleep = 0;
        for (int i = 0; i < node.sleep.length; i++) {
            asleep |= node.sleep[i] != null ? 1 << i : 0;
        }
        return asleep;
    }

    private void take(Node node) {
        Task task = tasks.get(node.chosen);
        node.text = task.name() + ": " + task.step();
        node.held = task.locks();
        node.made = resume(task);
        if (task.failure() != null) {
            throw failure(task.failure());
        }
    }

    private Accesses resume(Task task) {
        Accesses made = task.resume();
        for (Task each : tasks) {
            if (each != task) {
                each.notice(made);
            }
        }
        return made;
    }

    /// Finds the steps before this one that could have come after it, and has the other order explored.
    private void order(int depth) {
        Node node = nodes.get(depth);
        int[] before = clockBefore(depth, node.chosen);
        int[] raced = before.clone();
        node.clock = before.clone();
        for (int i = depth - 1; i >= 0; i--) {
            Node earlier = nodes.get(i);
            if (earlier.chosen != node.chosen && i > before[earlier.chosen]
                    && earlier.made.conflictsWith(node.made)) {
                join(node.clock, earlier.clock);
            }
        }
        node.clock[node.chosen] = depth;
        for (int i = depth - 1; i >= 0; i--) {
            Node earlier = nodes.get(i);
            if (earlier.chosen == node.chosen || i <= raced[earlier.chosen]
                    || !earlier.made.conflictsWith(node.made)) {
                continue;
            }
            // Where it waited for a lock that the other held, what counts is who took the lock first.
            if (!node.made.isBarredBy(earlier.held)) {
                reverse(i, depth);
                join(raced, earlier.clock);
            }
        }
    }

    /// Has explored, from before step `i`, what may come before it: step `depth` and whatever that needs.
    private void reverse(int i, int depth) {
        Node earlier = nodes.get(i);
        int first = 0;
        int seen = 0;
        for (int j = i + 1; j <= depth; j++) {
            Node each = nodes.get(j);
            boolean isNeeded = j == depth || each.clock[earlier.chosen] < i;
            if (isNeeded && (seen >>> each.chosen & 1) == 0) {
                seen |= 1 << each.chosen;
                first |= follows(each, i, j, earlier.chosen) ? 0 : 1 << each.chosen;
            }
        }
        int chosen = nodes.get(depth).chosen;
        if ((first & earlier.enabled) == 0) {
            // It had to wait for step i: whoever else could go on there might have come first.
            earlier.backtrack |= earlier.enabled;
        } else if ((first & earlier.backtrack) == 0) {
            earlier.backtrack |= (first >>> chosen & 1) != 0 && (earlier.enabled >>> chosen & 1) != 0
                    ? 1 << chosen : Integer.lowestOneBit(first & earlier.enabled);
        }
    }

    /// Whether a step happens after one between `i` and `j` that does not itself happen after `i`.
    private boolean follows(Node step, int i, int j, int task) {
        for (int k = i + 1; k < j; k++) {
            Node between = nodes.get(k);
            if (between.clock[task] < i && step.clock[between.chosen] >= k) {
                return true;
            }
        }
        return false;
    }

    private int[] clockBefore(int depth, int task) {
        for (int i = depth - 1; i >= 0; i--) {
            if (nodes.get(i).chosen == task) {
                return nodes.get(i).clock;
            }
        }
        int[] none = new int[tasks.size()];
        Arrays.fill(none, -1);
        return none;
    }

    private static void join(int[] clock, int[] other) {
        for (int i = 0; i < clock.length; i++) {
            clock[i] = Math.max(clock[i], other[i]);
        }
    }

    private void look() {
        steps++;
        boolean unlocked = true;
        for (Task each : tasks) {
            unlocked &= each.isDone() || each.locks().isEmpty();
        }
        try {
            scenario.afterStep(unlocked);
        } catch (RuntimeException | AssertionError found) {
            throw failure(found);
        }
    }

    private void finish(int count) {
        for (int i = 0; i < count; i++) {
            if (!tasks.get(i).isDone()) {
                throw failure(new AssertionError("deadlock: " + waiting()));
            }
        }
        try {
            scenario.end();
        } catch (RuntimeException | AssertionError found) {
            throw failure(found);
        }
        interleavings++;
    }

    private String waiting() {
        StringBuilder text = new StringBuilder();
        for (Task each : tasks) {
            if (!each.isDone()) {
                text.append(text.isEmpty() ? "" : ", ").append(each.name()).append(" waits before: ")
                        .append(each.step());
            }
        }
        return text.toString();
    }

    /// Lets the tasks end in any order, so that they can serve the next run.
    private void abandon() {
        for (int enabled = enabled(); enabled != 0; enabled = enabled()) {
            Node extra = new Node();
            extra.chosen = Integer.numberOfTrailingZeros(enabled);
            take(extra);
        }
        for (Task each : tasks) {
            if (!each.isDone()) {
                throw failure(new AssertionError("deadlock behind this schedule: " + waiting()));
            }
        }
    }

    /// Goes back to the last state from which another step must be explored.
    private boolean backtrack() {
        while (!nodes.isEmpty()) {
            Node node = nodes.getLast();
            node.sleep[node.chosen] = node.made;
            int left = node.backtrack & ~asleep(node);
            if (left != 0) {
                node.chosen = Integer.numberOfTrailingZeros(left);
                return true;
            }
            nodes.removeLast();
        }
        return false;
    }

    private ScheduleFailure failure(Throwable cause) {
        Schedule schedule = new Schedule();
        for (Node each : nodes) {
            if (each.made != null) {
                schedule.add(each.chosen);
            }
        }
        tasks.clear();
        return new ScheduleFailure(schedule.toString(), describe(), cause);
    }

    private String describe() {
        StringBuilder text = new StringBuilder();
        for (Node each : nodes) {
            if (each.text != null) {
                text.append("  ").append(each.text).append('\n');
            }
        }
        return text.toString();
    }
}
