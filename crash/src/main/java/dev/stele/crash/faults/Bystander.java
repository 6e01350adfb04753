package dev.stele.crash.faults;

import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;

/// Another thread that uses the volume after a fault (F3): it must come to an end, whatever the first thread left.
final class Bystander {
    /// Far beyond anything that is not a hang, on however busy a machine.
    private static final long PATIENCE_SECONDS = 120;
    private static final Name LATER = Name.of("made by another thread");

    private Bystander() {
    }

    /// It ends, well or not.
    static void requireEnd(Volume volume) {
        onAnotherThread(() -> {
            try {
                use(volume);
            } catch (VolumeException expected) {
                requireMessage(expected);
            }
        });
    }

    /// It is carried out, or there is no space for it.
    static void requireUse(Volume volume) {
        onAnotherThread(() -> {
            try {
                use(volume);
            } catch (VolumeException refused) {
                if (refused.errno() != Errno.ENOSPC) {
                    throw new FaultFinding("afterwards another thread meets " + refused.getMessage());
                }
            }
        });
    }

    /// It is refused because the volume is read-only.
    static void requireRefusal(Volume volume) {
        onAnotherThread(() -> {
            try {
                volume.create(volume.root(), LATER, 0644, 0, 0);
            } catch (VolumeException refused) {
                requireMessage(refused);
                if (refused.errno() == Errno.EROFS) {
                    return;
                }
            }
            throw new FaultFinding("a volume that says it is read-only takes a new file, or another error");
        });
    }

    private static void use(Volume volume) {
        long file = volume.create(volume.root(), LATER, 0644, 0, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(500).fill((byte) 7);
            MemorySegment back = arena.allocate(500);
            if (volume.write(file, 0, bytes, 0, 500, Durability.DSYNC) == 500) {
                volume.read(file, 0, back, 0, 500);
                if (bytes.mismatch(back) >= 0) {
                    throw new FaultFinding("what another thread wrote reads otherwise");
                }
            }
        } finally {
            volume.unlink(volume.root(), LATER);
        }
    }

    private static void requireMessage(VolumeException failure) {
        if (failure.getMessage() == null || failure.getMessage().indexOf('\n') >= 0) {
            throw new FaultFinding("another thread meets a failure of no or several lines");
        }
    }

    private static void onAnotherThread(Runnable work) {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().daemon().name("stele-bystander").start(() -> {
            try {
                work.run();
            } catch (Throwable thrown) {
                failure.set(thrown);
            }
        });
        boolean interrupted = false;
        while (true) {
            try {
                if (!thread.join(java.time.Duration.ofSeconds(PATIENCE_SECONDS))) {
                    throw new FaultFinding("another thread waits for ever: " + where(thread));
                }
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure.get() instanceof FaultFinding found) {
            throw found;
        }
        if (failure.get() != null) {
            throw new FaultFinding("another thread meets " + failure.get());
        }
    }

    private static String where(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return stack.length == 0 ? "somewhere" : stack[0].toString();
    }
}
