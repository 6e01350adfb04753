package dev.stele.volume;

import java.util.UUID;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/// One sync of a file, a range of it, or the volume: what [SyncResult] says, for the flight recorder.
@Name("dev.stele.Sync")
@Label("Sync")
@Category("Stele")
@Description("Stores were made durable")
@StackTrace(false)
final class SyncEvent extends Event {
    /// Asked whether anybody records, so that nothing is made where nobody does.
    private static final SyncEvent PROBE = new SyncEvent();

    @Label("Volume")
    String volume;
    @Label("Inode")
    @Description("0 where the volume was synced")
    long inode;
    @Label("Offset")
    @DataAmount
    long offset;
    @Label("Length")
    @Description("the largest number for all behind the offset")
    @DataAmount
    long length;
    @Label("Data Only")
    boolean dataOnly;
    @Label("Pages")
    @Description("entries of the index of dirty pages that were flushed")
    long pages;
    @Label("Lines")
    @Description("cache lines flushed")
    long lines;
    @Label("Drains")
    int drains;
    @Label("Waited")
    @Description("for other syncs that held the same pages")
    @Timespan(Timespan.NANOSECONDS)
    long waited;
    @Label("Failed")
    boolean failed;

    /// @return null while nobody records
    static SyncEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        SyncEvent event = new SyncEvent();
        event.begin();
        return event;
    }

    /// @param result null where the sync failed
    void ended(UUID ofVolume, SyncResult result) {
        end();
        if (!shouldCommit()) {
            return;
        }
        volume = ofVolume.toString();
        failed = result == null;
        if (result != null) {
            inode = result.inode();
            offset = result.offset();
            length = result.byteCount();
            dataOnly = result.dataOnly();
            pages = result.pages();
            lines = result.lines();
            drains = result.drains();
            waited = result.waitedNanos();
        }
        commit();
    }
}
