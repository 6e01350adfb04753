package dev.stele.cli;

import dev.stele.volume.SyncCase;
import dev.stele.volume.SyncCosts;
import dev.stele.volume.SyncCosts.Cost;
import dev.stele.volume.SyncCosts.Setting;
import dev.stele.volume.SyncCosts.Way;
import java.util.Locale;

/// What the size of a mapping does to the cost of a sync: the same 64 dirty pages in mappings of three sizes.
final class SyncGrowth {
    private static final int STEP = 4;

    private final Console console;
    private final Setting setting;

    SyncGrowth(Console console, Setting setting) {
        this.console = console;
        this.setting = setting;
    }

    void print() {
        console.out().println();
        console.out().println("64 dirty pages in mappings of growing size: a sync looks at the page table, but flushes "
                + "no more than before.");
        Table table = new Table("  mapping", ">FILE", ">EVERYTHING", ">times faster");
        long smallest = Math.max(SyncCosts.FILE_BYTES_MIN, setting.fileBytes() / (STEP * STEP) & -4096L);
        for (long bytes = smallest; bytes <= setting.fileBytes(); bytes *= STEP) {
            Cost file = SyncCosts.measure(SyncCase.SPARSE, Way.FILE, setting.withFileBytes(bytes));
            Cost everything = SyncCosts.measure(SyncCase.SPARSE, Way.EVERYTHING, setting.withFileBytes(bytes));
            table.row("  " + ByteSize.format(bytes), Nanos.format(file.nanos()), Nanos.format(everything.nanos()),
                    String.format(Locale.ROOT, "%.0f", (double) everything.nanos() / Math.max(1, file.nanos())));
        }
        table.print(console.out());
    }
}
