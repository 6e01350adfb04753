package dev.stele.volume;

import java.util.UUID;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A file got blocks because it is, or will be, mapped for writing where it had none; for the flight recorder.
@Name("dev.stele.Allocation")
@Label("Allocation for a Mapping")
@Category("Stele")
@Description("Blocks of zeros took the place of a hole under a mapping")
@StackTrace(false)
final class AllocationEvent extends Event {
    private static final AllocationEvent PROBE = new AllocationEvent();

    @Label("Volume")
    String volume;
    @Label("Inode")
    long inode;
    @Label("Blocks")
    @Description("of 4096 bytes, zeroed")
    long blocks;
    @Label("Records")
    @Description("of the journal, two drains each")
    int records;

    /// @return null while nobody records
    static AllocationEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        AllocationEvent event = new AllocationEvent();
        event.begin();
        return event;
    }

    /// A record's worth of blocks has been made.
    void made(long count) {
        blocks += count;
        records++;
    }

    void ended(UUID ofVolume, long ofInode) {
        end();
        if (shouldCommit()) {
            volume = ofVolume.toString();
            inode = ofInode;
            commit();
        }
    }
}
