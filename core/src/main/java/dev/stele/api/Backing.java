package dev.stele.api;

import dev.stele.api.PersistentMemory.Caches;
import dev.stele.api.PersistentMemory.Kind;
import dev.stele.cpu.AddressSpace.Region;
import dev.stele.cpu.Granularity;
import dev.stele.medium.sim.SimMedium;
import java.nio.file.Path;
import java.util.List;

/// What a segment lies on and what that makes possible, decided as libpmem2 decides it: only a mapping that the kernel
/// itself vouches for, a DAX device or a file mapped with MAP_SYNC, is persistent memory.
///
/// @param deepFlush see [Host#deepFlush]; null where there is none
record Backing(Kind kind, String place, Granularity granularity, boolean isPersistent, Path deepFlush) {
    /// @param canFlush whether this processor's caches can be flushed from here
    /// @throws UnsupportedOperationException where nothing can be promised
    static Backing of(List<Region> regions, Host host, boolean canFlush) {
        Backing first = of(regions.getFirst(), host, canFlush);
        for (Region each : regions) {
            Backing other = of(each, host, canFlush);
            if (other.kind != first.kind || other.deepFlush != null && !other.deepFlush.equals(first.deepFlush)) {
                throw new UnsupportedOperationException("the segment lies partly on " + first.place + " and partly on "
                        + other.place + ": take one for each");
            }
        }
        return first;
    }

    private static Backing of(Region region, Host host, boolean canFlush) {
        if (!region.isShared() || region.inode() == 0) {
            return volatileMemory(region.inode() == 0 ? "anonymous memory" : "a private copy of " + region.path());
        }
        Path device = host.daxDevice(region.path());
        if (device != null) {
            return device(region, device, host, canFlush);
        }
        if (host.isMemory(region.deviceMajor(), region.deviceMinor(), region.path())) {
            return volatileMemory("the memory file " + region.path());
        }
        if (region.isSync()) {
            String place = "the DAX file " + region.path();
            return direct(host, canFlush)
                    ? new Backing(Kind.DAX_FILE, place, byTheLine(host), true, null)
                    : new Backing(Kind.DAX_FILE, place, Granularity.PAGE, false, null);
        }
        return new Backing(Kind.FILE, "the file " + region.path(), Granularity.PAGE, false, null);
    }

    static Backing simulated(SimMedium medium) {
        return new Backing(Kind.DAX_FILE, medium.description(), medium.granularity(), true, null);
    }

    private static Backing volatileMemory(String place) {
        return new Backing(Kind.VOLATILE, place, Granularity.BYTE, false, null);
    }

    private static Backing device(Region region, Path device, Host host, boolean canFlush) {
        if (!direct(host, canFlush)) {
            throw new UnsupportedOperationException("this processor's caches cannot be flushed from here, and nobody "
                    + "else makes a store to the DAX device " + region.path() + " durable");
        }
        return new Backing(Kind.DAX_DEVICE, "the DAX device " + region.path(), byTheLine(host), true,
                Host.deepFlush(device));
    }

    private static boolean direct(Host host, boolean canFlush) {
        return canFlush || host.caches() == Caches.PERSISTENT;
    }

    private static Granularity byTheLine(Host host) {
        return host.caches() == Caches.PERSISTENT ? Granularity.BYTE : Granularity.CACHE_LINE;
    }
}
