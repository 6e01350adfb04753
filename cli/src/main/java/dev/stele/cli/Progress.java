package dev.stele.cli;

import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/// A progress bar on standard error for work that takes long, where somebody looks: nothing without a terminal, and
/// nothing in the first half second.
final class Progress implements AutoCloseable {
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Console console;
    private final String task;
    private final String unitName;
    private final long unit;
    private final long startNanos = System.nanoTime();
    private long total;
    private long done;
    private ProgressBar bar;

    private Progress(Console console, String task, long total, String unitName, long unit) {
        this.console = console;
        this.task = task;
        this.total = total;
        this.unitName = unitName;
        this.unit = unit;
    }

    /// @param total number of steps, -1 where it is not known
    static Progress ofSteps(Console console, String task, long total) {
        return new Progress(console, task, total, "", 1);
    }

    /// @param totalBytes number of bytes, -1 where it is not known
    static Progress ofBytes(Console console, String task, long totalBytes) {
        return new Progress(console, task, totalBytes, " MiB", 1 << 20);
    }

    /// The number of steps has become known.
    void total(long steps) {
        if (total != steps) {
            total = steps;
            if (bar != null) {
                bar.maxHint(steps);
            }
        }
    }

    void step(long count) {
        done += count;
        if (bar != null) {
            bar.stepTo(done);
        } else if (console.isTerminal() && System.nanoTime() - startNanos > QUIET_NANOS) {
            bar = show();
        }
    }

    private ProgressBar show() {
        return new ProgressBarBuilder().setTaskName(task).setInitialMax(total).setUnit(unitName, unit)
                .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(200).clearDisplayOnFinish()
                .setConsumer(new ConsoleProgressBarConsumer(console.err(), 80)).build().stepTo(done);
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
