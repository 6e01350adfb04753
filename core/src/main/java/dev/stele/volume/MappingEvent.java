package dev.stele.volume;

import dev.stele.mapping.MappedRange;
import java.util.UUID;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A range of a file was mapped, for the flight recorder.
@Name("dev.stele.Mapping")
@Label("Mapping")
@Category("Stele")
@Description("A range of a file was mapped")
@StackTrace(false)
final class MappingEvent extends Event {
    private static final MappingEvent PROBE = new MappingEvent();

    @Label("Volume")
    String volume;
    @Label("Inode")
    long inode;
    @Label("Offset")
    @DataAmount
    long offset;
    @Label("Length")
    @DataAmount
    long length;
    @Label("Mode")
    String mode;
    @Label("Sync")
    @Description("whether it was asked for as a sync mapping")
    boolean sync;
    @Label("Tracking")
    @Description("how stores through it are noticed, and why so")
    String tracking;

    /// @return null while nobody records
    static MappingEvent begun() {
        if (!PROBE.isEnabled()) {
            return null;
        }
        MappingEvent event = new MappingEvent();
        event.begin();
        return event;
    }

    void ended(UUID ofVolume, long ofInode, long from, Volume.MapMode how, boolean isSync, MappedRange range) {
        end();
        if (!shouldCommit()) {
            return;
        }
        volume = ofVolume.toString();
        inode = ofInode;
        offset = from;
        length = range.segment().byteSize();
        mode = how.name();
        sync = isSync;
        tracking = range.tracking().toString();
        commit();
    }
}
