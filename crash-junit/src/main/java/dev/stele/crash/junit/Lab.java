package dev.stele.crash.junit;

import dev.stele.medium.sim.SimMedium;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// One crash test: its workload, run once, and what was written down of it.
final class Lab implements AutoCloseable {
    /// The workload, as somebody else runs it.
    interface Workload {
        void run() throws Throwable;
    }

    enum State { NEW, RAN, FAILED }

    private final Phases phases;
    private final Settings settings;
    private final Arena arena = Arena.ofShared();
    private final Steps steps = new Steps();
    private State state = State.NEW;
    /// null before it is prepared
    private SimMedium medium;
    private Door door;
    private MemorySegment initial;
    private List<Moment> moments = List.of();
    private Explorer explorer;

    Lab(Phases phases, Settings settings) {
        this.phases = phases;
        this.settings = settings;
    }

    Phases phases() {
        return phases;
    }

    State state() {
        return state;
    }

    /// Makes the medium and has it set up, once.
    void prepare(Object instance) throws Throwable {
        if (medium != null) {
            return;
        }
        state = State.FAILED;
        medium = SimMedium.lent(settings.sizeBytes(), settings.granularity());
        phases.kind().format(medium);
        door = phases.kind().open(medium);
        phases.setUp(instance, door);
        medium.settle();
        initial = arena.allocate(settings.sizeBytes(), Lines.BYTES).copyFrom(medium.data().segment());
    }

    Object argument(Class<?> type) {
        return type == CrashLab.class ? steps : door.argument(type);
    }

    /// Runs the workload and writes down what it does.
    void run(Object instance, Workload workload) throws Throwable {
        prepare(instance);
        MemorySegment seen = arena.allocate(settings.sizeBytes(), Lines.BYTES).copyFrom(initial);
        Recorder recorder = new Recorder(medium, settings.model(), phases.kind() == Door.Kind.VOLUME, seen, steps,
                "the begin of the workload");
        steps.cutBy(recorder::cut);
        medium.tell(recorder);
        try {
            workload.run();
            recorder.cutAtEnd("the workload returned", phases.name());
        } finally {
            medium.tell(null);
            steps.cutBy(name -> { });
        }
        requireTested(recorder);
        moments = recorder.moments();
        explorer = new Explorer(phases, settings, new Bench(settings, initial));
        state = State.RAN;
    }

    private void requireTested(Recorder recorder) {
        if (medium.sizeBytes() != settings.sizeBytes()) {
            throw Phases.wrong(phases.name(), "the volume has grown, and a medium that grows is not cut here: "
                    + "give it its size with sizeBytes");
        }
        if (!recorder.hasSeenStores()) {
            throw Phases.wrong(phases.name(), "the workload stored nothing to the medium it was given, so there is "
                    + "nothing that could be lost");
        }
    }

    /// Those that are to be tried.
    List<Moment> moments() {
        if (settings.replay() == null) {
            return moments;
        }
        return List.of(new Replay(settings.replay()).moment(moments, phases));
    }

    /// @throws CrashFailure where something is found
    void explore(Moment moment, Object instance) {
        if (settings.replay() == null) {
            explorer.explore(moment, instance);
        } else {
            explorer.replay(new Replay(settings.replay()), moments, instance);
        }
    }

    List<RecoveryPoint> recoveryPoints() {
        return explorer.recoveryPoints();
    }

    /// What was tried so far.
    String coverage() {
        return explorer == null ? phases.name() + ": the workload did not come to its end"
                : explorer.coverage.line(phases.name(), settings);
    }

    @Override
    public void close() {
        if (explorer != null) {
            explorer.close();
        }
        if (door != null) {
            door.close();
        }
        if (medium != null) {
            medium.end();
        }
        arena.close();
    }
}
