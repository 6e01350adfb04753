package dev.stele.volume;

import dev.stele.interleave.Scenario;
import java.util.ArrayList;
import java.util.List;

/// Tasks that note removals and moves, and one that asks. What is noted is of one directory, of one like it, in whose
/// stripe it is, and of one in another stripe; it is asked about the first.
public final class RemovalsScenario implements Scenario {
    private static final long DIRECTORY = 4711;
    private static final long LIKE = like();
    private static final long ELSEWHERE = elsewhere();

    private final String[] tasks;
    private Removals removals;
    private int noted;

    public RemovalsScenario(String[] tasks) {
        this.tasks = tasks;
    }

    private static long like() {
        long other = DIRECTORY + 1;
        while (Removals.stripe(other) != Removals.stripe(DIRECTORY)) {
            other++;
        }
        return other;
    }

    private static long elsewhere() {
        return Removals.stripe(DIRECTORY + 1) == Removals.stripe(DIRECTORY) ? DIRECTORY + 2 : DIRECTORY + 1;
    }

    @Override
    public List<Runnable> begin() {
        removals = new Removals();
        noted = 0;
        List<Runnable> bodies = new ArrayList<>();
        for (String each : tasks) {
            bodies.add(() -> perform(each));
        }
        return bodies;
    }

    private void perform(String task) {
        for (String each : task.split(" ")) {
            switch (each) {
                case "remove" -> remove(DIRECTORY);
                case "move" -> move(DIRECTORY);
                case "remove-like" -> remove(LIKE);
                case "move-like" -> move(LIKE);
                case "elsewhere" -> removals.remove(ELSEWHERE);
                default -> ask();
            }
        }
    }

    private void remove(long directory) {
        long then = removals.now();
        removals.remove(directory);
        require(!removals.isSame(directory, then) && !removals.isInPlace(directory, then), "its removal is forgotten");
        noted++;
    }

    private void move(long directory) {
        long then = removals.now();
        removals.move(directory);
        require(!removals.isInPlace(directory, then), "its move is forgotten");
        noted++;
    }

    /// All that is noted while this is asked is of one stripe.
    private void ask() {
        long now = removals.now();
        require(now == 0 || !removals.isInPlace(DIRECTORY, now - 1), "a later time, and nothing tells why");
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise);
        }
    }

    @Override
    public void afterStep(boolean unlocked) {
    }

    @Override
    public void end() {
        require(removals.now() >= noted, "less was counted than noted");
        require(removals.isSame(DIRECTORY, removals.now()) && removals.isInPlace(DIRECTORY, removals.now()),
                "a stripe is ahead of the time");
    }
}
