package dev.stele.volume;

import dev.stele.dirty.DirtyIndex;
import dev.stele.dirty.Harvester;
import dev.stele.mapping.Mappings;
import java.util.UUID;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/// A sync has asked the mappings of a file for what was stored through them, for the flight recorder.
@Name("dev.stele.Harvest")
@Label("Harvest")
@Category("Stele")
@Description("Pages stored to through mappings were found")
@StackTrace(false)
final class HarvestEvent extends Event {
    private static final HarvestEvent PROBE = new HarvestEvent();

    @Label("Volume")
    String volume;
    @Label("Inode")
    long inode;
    @Label("Mappings")
    int mappings;
    @Label("Pages")
    @Description("that were stored to, or count as such; one that several mappings tell of counts for each")
    long pages;

    static boolean isOn() {
        return PROBE.isEnabled();
    }

    /// Harvests `of`, and tells.
    static Harvester told(UUID ofVolume, long ofInode, Mappings of) {
        return (firstPage, pageCount, index) -> harvest(ofVolume, ofInode, of, firstPage, pageCount, index);
    }

    private static void harvest(
            UUID ofVolume, long ofInode, Mappings of, long firstPage, long pageCount, DirtyIndex index) {
        HarvestEvent event = new HarvestEvent();
        event.begin();
        long before = of.harvestedPageCount();
        of.harvest(firstPage, pageCount, index);
        event.end();
        if (event.shouldCommit()) {
            event.volume = ofVolume.toString();
            event.inode = ofInode;
            event.mappings = of.count();
            event.pages = of.harvestedPageCount() - before;
            event.commit();
        }
    }
}
