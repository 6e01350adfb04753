package dev.stele.realdax;

import dev.stele.cpu.Granularity;
import dev.stele.mapping.Tracking;
import java.nio.file.Path;

/// A kind of memory that the guest has, and what a volume on it must say of itself.
enum Place {
    /// a file on ext4 mounted with `dax=always`
    EXT4(Granularity.CACHE_LINE, "fsdax file "),
    /// a file on xfs mounted with `dax=always`
    XFS(Granularity.CACHE_LINE, "fsdax file "),
    /// a `/dev/dax` device
    DEVDAX(Granularity.CACHE_LINE, "DAX device "),
    /// a file on ext4 mounted with `dax=always` on virtio-pmem, which the host must be asked to make durable: a flushed
    /// cache line is not enough there, and the kernel refuses MAP_SYNC
    VIRTIO(Granularity.PAGE, "image file ");

    /// what the medium must find out by itself
    final Granularity granularity;
    /// how its description begins
    final String kind;

    Place(Granularity granularity, String kind) {
        this.granularity = granularity;
        this.kind = kind;
    }

    /// How stores through a large writable mapping are noticed.
    ///
    /// @param tellsStores whether the kernel can tell them (Linux 6.7); on a DAX device it cannot
    Tracking.Kind tracking(boolean tellsStores) {
        if (!isDirect()) {
            return Tracking.Kind.NONE;
        }
        return tellsStores && isFile() ? Tracking.Kind.MMU : Tracking.Kind.PESSIMISTIC;
    }

    boolean isFile() {
        return this != DEVDAX;
    }

    boolean isDirect() {
        return granularity == Granularity.CACHE_LINE;
    }

    /// A place and where it is.
    record At(Place place, Path path) {
        /// @param argument such as `ext4=/mnt/volume.stele`
        static At parse(String argument) {
            int equals = argument.indexOf('=');
            return new At(Place.valueOf(argument.substring(0, equals).toUpperCase(java.util.Locale.ROOT)),
                    Path.of(argument.substring(equals + 1)));
        }

        String name() {
            return place.name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
