package dev.stele.crash;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.Volume;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The operations of the set from one of the volumes to start from, one at a time, for harnesses that disturb them by
/// other means than power cuts: each is rehearsed undisturbed, then played as often as wanted, and whatever is left is
/// judged as the campaign judges it.
public final class Scenes implements AutoCloseable {
    private final Start.Image start;
    private final Judge judge;
    private final TreeDigest digest = new TreeDigest();
    private SimMedium medium;
    private SimMedium image;

    /// @param letter of the volume to start from
    /// @throws IllegalArgumentException where there is none of that letter
    public Scenes(char letter, long seed) {
        this.start = Start.of(letter).make();
        this.judge = new Judge(new Oracles(8, 200, true), seed, start.geometry(), start.emptyFreeBlocks());
    }

    /// How many operations the set has.
    public static int operationCount() {
        return Operations.all().size();
    }

    /// An operation, rehearsed.
    public static final class Script {
        private final Operation operation;
        private final List<Moment> moments = new ArrayList<>();
        private final List<Errno> refusals = new ArrayList<>();
        private final List<Long> freeBlocks = new ArrayList<>();
        private long verbs;

        private final int number;

        private Script(int number) {
            this.number = number;
            this.operation = Operations.all().get(number);
        }

        /// Its place in the set.
        public int operation() {
            return number;
        }

        /// Whether a step was refused so in the rehearsal.
        public boolean wasRefused(Errno errno) {
            return refusals.contains(errno);
        }

        /// Stores, streams, flushes and drains that the operation makes.
        public long verbs() {
            return verbs;
        }

        @Override
        public String toString() {
            return operation.name();
        }
    }

    /// How a played operation ended.
    ///
    /// @param step that failed, or the last
    /// @param failure null where nothing failed that had not been refused in the rehearsal, too
    public record Ending(int step, VolumeException failure) {
    }

    /// @param leaves free blocks that a filler leaves before the operation; -1 for no filler
    public Script rehearse(int operation, int leaves) {
        Script script = new Script(operation);
        try (Scene scene = play(script, leaves)) {
            script.moments.add(Moment.of(scene.stage));
            script.freeBlocks.add(scene.volume().statistics().freeBlocks());
            long before = scene.medium().verbCount();
            for (Step step : script.operation.steps()) {
                script.refusals.add(refusal(step, scene.stage));
                script.verbs = scene.medium().verbCount() - before;
                script.moments.add(Moment.of(scene.stage));
                script.freeBlocks.add(scene.volume().statistics().freeBlocks());
                scene.stage.compare();
            }
        }
        return script;
    }

    private static Errno refusal(Step step, Stage stage) {
        try {
            step.action().on(stage);
            return null;
        } catch (VolumeException refused) {
            return refused.errno();
        }
    }

    /// A fresh volume on which everything is ready for the operation.
    public Scene play(Script script, int leaves) {
        medium = sized(medium, start.bytes().byteSize());
        medium.healFaults();
        medium.restore(start.bytes());
        Stage stage = new Stage(medium, start.tree().copy());
        refusal(Step.atomic("prepare", script.operation.prepare()), stage);
        if (leaves >= 0) {
            fill(stage, leaves);
        }
        return new Scene(this, script, stage);
    }

    /// Has a file take every block but some.
    private static void fill(Stage stage, int leaves) {
        String filler = "filler of " + leaves;
        refusal(Step.atomic("create", s -> s.create(filler)), stage);
        int blocks = 0;
        for (int step = 64; step > 0 && stage.tree.find(filler) != null; step /= 4) {
            int from;
            do {
                from = blocks;
                int first = from;
                int count = step;
                boolean fits = refusal(Step.atomic("fill",
                        s -> s.allocate(filler, first * 4096, count * 4096, false)), stage) == null;
                blocks += fits ? step : 0;
            } while (blocks != from);
        }
        int kept = Math.max(0, blocks - leaves) * 4096;
        refusal(Step.atomic("leave", s -> s.truncate(filler, kept)), stage);
    }

    private static SimMedium sized(SimMedium old, long sizeBytes) {
        if (old != null && old.sizeBytes() == sizeBytes) {
            return old;
        }
        if (old != null) {
            old.end();
        }
        return SimMedium.lent(sizeBytes, Granularity.CACHE_LINE);
    }

    /// A medium that holds these bytes, durably; the same one each time.
    SimMedium image(MemorySegment bytes) {
        image = sized(image, bytes.byteSize());
        image.healFaults();
        image.restore(bytes);
        return image;
    }

    /// Fails where a volume opened on what is left is none that is allowed.
    void judge(SimMedium left, Script script, Ending ending) {
        judge.judge(Recoveries.open(left), left, allowed(script, ending));
    }

    /// Fails where a volume that goes on is none that is allowed, or has lost blocks.
    void judgeLive(Volume volume, Script script, Ending ending) {
        Allowed allowed = allowed(script, ending);
        digest.take(volume, allowed.loose());
        long found = digest.value(allowed.loose(), allowed.inParts());
        if (found != allowed.before() && found != allowed.after()) {
            throw new Wrong("the volume goes on neither as before nor as after: " + allowed.describe(digest));
        }
        long free = volume.statistics().freeBlocks();
        long before = script.freeBlocks.get(ending.step());
        long after = script.freeBlocks.get(ending.step() + 1);
        if (free < Math.min(before, after) || free > Math.max(before, after)) {
            throw new Wrong("the volume goes on with " + free + " free blocks; " + before + " were before, " + after
                    + " would be after");
        }
    }

    private static Allowed allowed(Script script, Ending ending) {
        Step step = script.operation.steps().get(ending.step());
        Moment after = script.moments.get(ending.step() + 1);
        return ending.failure() == null ? Allowed.behind(step.name(), after)
                : Allowed.during(step.name(), script.moments.get(ending.step()), after, step);
    }

    @Override
    public void close() {
        if (medium != null) {
            medium.end();
        }
        if (image != null) {
            image.end();
        }
    }

    /// One performance.
    public static final class Scene implements AutoCloseable {
        private final Scenes scenes;
        private final Script script;
        private final Stage stage;

        private Scene(Scenes scenes, Script script, Stage stage) {
            this.scenes = scenes;
            this.script = script;
            this.stage = stage;
        }

        public SimMedium medium() {
            return (SimMedium) stage.medium;
        }

        public Volume volume() {
            return stage.volume;
        }

        /// Carries out the operation until a step of it fails that did not in the rehearsal.
        public Ending run() {
            int last = script.operation.steps().size() - 1;
            for (int i = 0; i <= last; i++) {
                try {
                    script.operation.steps().get(i).action().on(stage);
                } catch (VolumeException failure) {
                    if (failure.errno() != script.refusals.get(i)) {
                        return new Ending(i, failure);
                    }
                }
            }
            return new Ending(last, null);
        }

        /// A medium with what a power cut would leave that loses all it may lose.
        public SimMedium cut() {
            return scenes.image(medium().durableBytes());
        }

        /// A medium with what the end of the process would leave.
        public SimMedium ended() {
            return scenes.image(stage.medium.metadata().segment());
        }

        /// Fails where what is left is none of the volumes that may be.
        public void judge(SimMedium left, Ending ending) {
            scenes.judge(left, script, ending);
        }

        /// As [#judge], of the volume as it goes on.
        public void judgeLive(Ending ending) {
            scenes.judgeLive(stage.volume, script, ending);
        }

        /// Ends what is mapped; the volume is only dropped.
        @Override
        public void close() {
            stage.close();
        }
    }
}
