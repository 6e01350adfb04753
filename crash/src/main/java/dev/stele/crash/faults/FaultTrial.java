package dev.stele.crash.faults;

import dev.stele.check.Check;
import dev.stele.check.Report;
import dev.stele.crash.Scenes;
import dev.stele.crash.Scenes.Ending;
import dev.stele.crash.Scenes.Scene;
import dev.stele.crash.Scenes.Script;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.format.Geometry;
import dev.stele.medium.sim.SimMedium;
import dev.stele.volume.OpenOptions;
import dev.stele.volume.Volume;
import java.util.SplittableRandom;

/// One fault in one operation, and all that must hold after it (F1 to F5).
final class FaultTrial {
    private static final int COMPOUND_TRIES = 3;
    private static final OpenOptions OPTIONS = new OpenOptions(false, () -> 1L << 40, false);

    private final Scenes scenes;
    private final Script script;
    private final FaultKind kind;
    private final long seed;

    FaultTrial(Scenes scenes, Script script, FaultKind kind, long seed) {
        this.scenes = scenes;
        this.script = script;
        this.kind = kind;
        this.seed = seed;
    }

    /// What became of one.
    ///
    /// @param struck whether there was an n-th place
    /// @param readOnly whether the volume turned itself so
    record Result(boolean struck, boolean readOnly) {
        static final Result MISSED = new Result(false, false);
    }

    /// Has the fault strike, and fails where anything is wrong after it.
    Result run(long n) {
        return switch (kind) {
            case ONCE, LASTING, TWICE -> failing(n);
            case INTERRUPT -> interrupted(n);
            case RECOVERY -> recovering(n);
            case CLOSE -> closing(n);
            case REPAIR -> repairing(n);
            case FULL -> full((int) n);
        };
    }

    private Result failing(long n) {
        if (n >= script.verbs()) {
            return Result.MISSED;
        }
        try (Scene scene = scenes.play(script, -1)) {
            scene.medium().failAfter(n, kind != FaultKind.ONCE);
            Ending ending = scene.run();
            requireTyped(ending.failure());
            if (kind != FaultKind.ONCE) {
                Bystander.requireEnd(scene.volume());
            }
            scene.medium().healFaults();
            scene.judge(scene.cut(), ending);
            scene.judge(scene.ended(), ending);
            if (kind == FaultKind.TWICE) {
                compound(scene, ending, n);
            }
            return new Result(true, goOn(scene, ending));
        }
    }

    /// The recovery from what is left fails, too, and the one after that does not.
    private void compound(Scene scene, Ending ending, long n) {
        SplittableRandom random = new SplittableRandom(seed + n);
        for (int i = 0; i < COMPOUND_TRIES; i++) {
            SimMedium left = scene.cut();
            long before = left.verbCount();
            Volume.open(left, OPTIONS);
            long verbs = left.verbCount() - before;
            if (verbs > 0) {
                recover(scene, scene.cut(), ending, random.nextLong(verbs));
            }
        }
    }

    private static void recover(Scene scene, SimMedium left, Ending ending, long verb) {
        left.failAfter(verb, true);
        openFailing(left);
        left.healFaults();
        left.settle();
        scene.judge(left, ending);
    }

    /// @return whether a volume came of it
    private static boolean openFailing(SimMedium left) {
        try {
            Volume volume = Volume.open(left, OPTIONS);
            if (volume.isReadOnly()) {
                requireOneLine(volume.damage());
            }
            return true;
        } catch (VolumeException failure) {
            requireTyped(failure);
            return false;
        }
    }

    private Result interrupted(long n) {
        if (n >= script.verbs()) {
            return Result.MISSED;
        }
        try (Scene scene = scenes.play(script, -1)) {
            Ending ending;
            try {
                scene.medium().interruptAfter(n);
                ending = scene.run();
            } finally {
                scene.medium().healFaults();
                if (!Thread.interrupted()) {
                    throw new FaultFinding("the interrupt of the thread is forgotten");
                }
            }
            if (ending.failure() != null) {
                throw new FaultFinding("an interrupt has it fail: " + ending.failure().getMessage());
            }
            scene.judge(scene.cut(), ending);
            if (goOn(scene, ending)) {
                throw new FaultFinding("an interrupt has the volume turn read-only: " + scene.volume().damage());
            }
            return new Result(true, false);
        }
    }

    private Result recovering(long n) {
        try (Scene scene = scenes.play(script, -1)) {
            Ending ending = scene.run();
            SimMedium left = scene.cut();
            long before = left.verbCount();
            Volume.open(left, OPTIONS);
            if (n >= left.verbCount() - before) {
                return Result.MISSED;
            }
            left = scene.cut();
            left.failAfter(n, false);
            openFailing(left);
            left.healFaults();
            left.settle();
            scene.judge(left, ending);
            return new Result(true, false);
        }
    }

    private Result closing(long n) {
        try (Scene scene = scenes.play(script, -1)) {
            Ending ending = scene.run();
            scene.medium().failAfter(n, true);
            long before = scene.medium().verbCount();
            boolean failed = false;
            try {
                scene.volume().close();
            } catch (VolumeException failure) {
                requireTyped(failure);
                failed = true;
            }
            boolean struck = scene.medium().verbCount() - before >= n;
            scene.medium().healFaults();
            scene.judge(scene.cut(), ending);
            scene.judge(scene.ended(), ending);
            return struck && failed ? new Result(true, false) : Result.MISSED;
        }
    }

    private Result repairing(long n) {
        try (Scene scene = scenes.play(script, -1)) {
            Ending ending = scene.run();
            SimMedium left = damaged(scene.cut());
            long before = left.verbCount();
            requireRepaired(left);
            if (n >= left.verbCount() - before) {
                return Result.MISSED;
            }
            left = damaged(scene.cut());
            left.failAfter(n, false);
            requireOneLine("repair: " + Check.repair(left).obstacle());
            left.healFaults();
            requireRepaired(left);
            left.settle();
            scene.judge(left, ending);
            return new Result(true, false);
        }
    }

    /// Blocks in use are marked as free and blocks that are free as used.
    private static SimMedium damaged(SimMedium left) {
        Volume.open(left, OPTIONS).close();
        long bitmap = Geometry.blockBitmapAt(0);
        left.metadata().putLong(bitmap, 0);
        left.metadata().putLong(bitmap + 24, -1);
        left.settle();
        return left;
    }

    private static void requireRepaired(SimMedium left) {
        Report report = Check.repair(left);
        if (!report.isClean()) {
            throw new FaultFinding("the repair leaves " + report.obstacle() + report.remaining());
        }
    }

    /// The volume has n blocks left: what does not fit changes nothing.
    private Result full(int n) {
        Script full = scenes.rehearse(script.operation(), n);
        try (Scene scene = scenes.play(full, n)) {
            Ending ending = scene.run();
            scene.judge(scene.cut(), ending);
            goOn(scene, ending);
        }
        return new Result(full.wasRefused(Errno.ENOSPC), false);
    }

    /// F2, F3: the volume is one of both and can be used, or says that it cannot.
    ///
    /// @return whether it is read-only
    private static boolean goOn(Scene scene, Ending ending) {
        Volume volume = scene.volume();
        boolean readOnly = volume.isReadOnly();
        if (readOnly) {
            requireOneLine(volume.damage());
            Bystander.requireRefusal(volume);
        } else {
            scene.judgeLive(ending);
            Bystander.requireUse(volume);
            requireSync(volume, ending.failure() != null);
        }
        scene.close();
        try {
            volume.close();
        } catch (VolumeException failure) {
            requireTyped(failure);
        }
        if (readOnly) {
            // What was left half done is finished by the next open.
            Volume.open(scene.medium(), OPTIONS).close();
        }
        Report report = Check.run(scene.medium());
        if (!report.isClean()) {
            throw new FaultFinding("closed afterwards, the check finds " + report.obstacle() + report.findings());
        }
        return readOnly;
    }

    /// A failure that no handle of the volume was told of yet is told once (W-6); the next sync is whole.
    private static void requireSync(Volume volume, boolean mayTell) {
        try {
            volume.sync();
        } catch (VolumeException told) {
            if (!mayTell) {
                throw told;
            }
            requireTyped(told);
            volume.sync();
        }
    }

    /// F1.
    private static void requireTyped(VolumeException failure) {
        if (failure == null) {
            return;
        }
        requireOneLine(failure.getMessage());
        if (failure.errno() != Errno.EIO && failure.errno() != Errno.EROFS) {
            throw new FaultFinding("a failing medium is told as " + failure.errno() + ": " + failure.getMessage());
        }
    }

    private static void requireOneLine(String message) {
        if (message == null || message.isBlank() || message.indexOf('\n') >= 0) {
            throw new FaultFinding("not one line of text: " + message);
        }
    }
}
