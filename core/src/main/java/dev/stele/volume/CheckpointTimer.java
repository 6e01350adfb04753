package dev.stele.volume;

import dev.stele.error.VolumeException;

/// Checkpoints an image file every few seconds, so that a crash costs no more than that.
final class CheckpointTimer {
    private static final long PERIOD_MILLIS = 5_000;

    private final Volume volume;
    private final Thread thread;

    CheckpointTimer(Volume volume) {
        this.volume = volume;
        this.thread = Thread.ofPlatform().daemon().name("stele-checkpoint").start(this::run);
    }

    private void run() {
        while (true) {
            try {
                Thread.sleep(PERIOD_MILLIS);
                volume.checkpointIfDirty();
            } catch (InterruptedException stopped) {
                return;
            } catch (VolumeException failed) {
                // Nothing is lost yet: the next sync fails with the same, where somebody is there to be told.
                System.getLogger("dev.stele").log(System.Logger.Level.WARNING,
                        "checkpoint failed: {0}", failed.getMessage());
            }
        }
    }

    void stop() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
