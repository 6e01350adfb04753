package dev.stele.api;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What this machine says of its file systems, its DAX devices and its caches. A test says something else.
class Host {
    static final Host THIS = new Host(Path.of("/proc/self/mountinfo"), Path.of("/sys"));

    private static final Set<String> MEMORY_FILE_SYSTEMS = Set.of("tmpfs", "ramfs", "hugetlbfs", "devtmpfs");
    /// how the kernel calls files of its own memory file system, which is mounted nowhere
    private static final List<String> MEMORY_FILES = List.of("/memfd:", "/dev/zero", "/SYSV", "/anon_hugepage");

    private final Path mountInfo;
    private final Path sysfs;

    /// @param mountInfo usually `/proc/self/mountinfo`
    /// @param sysfs usually `/sys`
    Host(Path mountInfo, Path sysfs) {
        this.mountInfo = mountInfo;
        this.sysfs = sysfs;
    }

    /// Major and minor number of a character device, joined by a colon; null where the path is none.
    String characterDevice(String path) {
        try {
            int mode = (int) Files.getAttribute(Path.of(path), "unix:mode");
            long device = (long) Files.getAttribute(Path.of(path), "unix:rdev");
            // as glibc packs them
            long major = device >>> 8 & 0xFFF | device >>> 32 & ~0xFFFL;
            long minor = device & 0xFF | device >>> 12 & ~0xFFL & 0xFFFFFFFFL;
            return (mode & 0xF000) == 0x2000 ? major + ":" + minor : null;
        } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
            return null;
        }
    }

    /// Where sysfs describes the DAX device of that path; null where it is none.
    Path daxDevice(String path) {
        String numbers = characterDevice(path);
        if (numbers == null) {
            return null;
        }
        try {
            Path device = sysfs.resolve("dev/char/" + numbers).toRealPath();
            return device.resolve("subsystem").toRealPath().getFileName().toString().equals("dax") ? device : null;
        } catch (IOException e) {
            return null;
        }
    }

    /// The file that empties the memory controller's queues for a DAX device when 1 is written to it; null where the
    /// kernel has none.
    static Path deepFlush(Path daxDevice) {
        for (Path each = daxDevice; each != null; each = each.getParent()) {
            if (Files.exists(each.resolve("deep_flush"))) {
                return each.resolve("deep_flush");
            }
        }
        return null;
    }

    /// Whether a file on that device, or of that name where it is mounted nowhere, is memory and nothing else.
    boolean isMemory(int major, int minor, String path) {
        String type = fileSystemType(major + ":" + minor);
        return type != null ? MEMORY_FILE_SYSTEMS.contains(type) : MEMORY_FILES.stream().anyMatch(path::startsWith);
    }

    /// null where no such device is mounted
    private String fileSystemType(String device) {
        try {
            for (String line : Files.readAllLines(mountInfo)) {
                String[] words = line.split(" ");
                int dash = List.of(words).indexOf("-");
                if (words.length > 2 && dash > 0 && words[2].equals(device)) {
                    return words[dash + 1];
                }
            }
        } catch (IOException e) {
            return null;
        }
        return null;
    }

    /// Whether what is in the caches outlives the power, of every region of persistent memory that there is.
    PersistentMemory.Caches caches() {
        List<String> domains = new ArrayList<>();
        try (DirectoryStream<Path> regions = Files.newDirectoryStream(sysfs.resolve("bus/nd/devices"), "region*")) {
            for (Path each : regions) {
                domains.add(Files.readString(each.resolve("persistence_domain")).strip());
            }
        } catch (IOException e) {
            return PersistentMemory.Caches.UNKNOWN;
        }
        if (domains.isEmpty()) {
            return PersistentMemory.Caches.UNKNOWN;
        }
        return domains.stream().allMatch("cpu_cache"::equals)
                ? PersistentMemory.Caches.PERSISTENT : PersistentMemory.Caches.VOLATILE;
    }
}
