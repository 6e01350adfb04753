package dev.stele.cpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// What the Linux kernel offers, call by call, with Java's types. Every method throws [NativeException], a
/// `VolumeException` that knows the kernel's error number, where the kernel refuses. Constants are named and valued as
/// in the kernel's headers; they are the same on x86-64 and aarch64.
///
/// File descriptors are plain `int`s: whoever opens one closes it. All are opened close-on-exec.
public final class Native {
    public static final int O_RDONLY = 0;
    public static final int O_RDWR = 2;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int AT_FDCWD = -100;

    public static final int PROT_NONE = 0;
    public static final int PROT_READ = 1;
    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;

    public static final int MAP_SHARED = 0x01;
    public static final int MAP_PRIVATE = 0x02;
    public static final int MAP_SHARED_VALIDATE = 0x03;
    public static final int MAP_FIXED = 0x10;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MAP_POPULATE = 0x8000;
    public static final int MAP_SYNC = 0x80000;
    public static final int MAP_FIXED_NOREPLACE = 0x100000;

    public static final int MADV_DONTNEED = 4;
    public static final int MADV_HUGEPAGE = 14;
    public static final int MADV_NOHUGEPAGE = 15;
    public static final int MADV_POPULATE_READ = 22;
    public static final int MADV_POPULATE_WRITE = 23;
    public static final int MADV_COLLAPSE = 25;

    public static final int FALLOC_FL_KEEP_SIZE = 0x01;
    public static final int FALLOC_FL_PUNCH_HOLE = 0x02;

    public static final int MFD_HUGETLB = 0x4;
    private static final int MFD_CLOEXEC = 0x1;

    public static final int LOCK_SH = 1;
    public static final int LOCK_EX = 2;
    public static final int LOCK_NB = 4;
    public static final int LOCK_UN = 8;

    public static final long TMPFS_MAGIC = 0x01021994L;
    public static final long HUGETLBFS_MAGIC = 0x958458f6L;

    private static final int MS_SYNC = 4;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_BYTES = 256;
    private static final int STATFS_BYTES = 256;
    private static final int RUSAGE_THREAD = 1;
    private static final int RUSAGE_BYTES = 144;
    private static final int RUSAGE_MINOR_FAULTS = 64;

    private Native() {
    }

    /// What `statx(2)` says of a file.
    ///
    /// @param mode type and permissions
    /// @param deviceMajor of a device node, else 0
    /// @param deviceMinor of a device node, else 0
    /// @param onMajor device the file lies on
    /// @param onMinor device the file lies on
    public record FileStatus(int mode, long inode, long sizeBytes, long allocatedBytes, int deviceMajor,
            int deviceMinor, int onMajor, int onMinor) {
        private static final int S_IFMT = 0xF000;

        public boolean isRegularFile() {
            return (mode & S_IFMT) == 0x8000;
        }

        public boolean isDirectory() {
            return (mode & S_IFMT) == 0x4000;
        }

        public boolean isCharacterDevice() {
            return (mode & S_IFMT) == 0x2000;
        }

        public boolean isBlockDevice() {
            return (mode & S_IFMT) == 0x6000;
        }
    }

    /// @param flags `O_…`
    /// @return a file descriptor; a new file has mode 0644 less the umask
    public static int open(Path path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path.toString());
            return (int) SystemCall.OPENAT.call("open", AT_FDCWD, name.address(), flags | O_CLOEXEC, 0644, 0, 0);
        }
    }

    public static void close(int descriptor) {
        // never again on EINTR: Linux has closed it by then
        long result = SystemCall.CLOSE.raw(descriptor, 0, 0, 0, 0, 0);
        if (result == -9) {
            throw new NativeException("close", 9);
        }
    }

    /// An anonymous file in memory.
    ///
    /// @param flags `MFD_…`
    public static int memfd(String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return (int) SystemCall.MEMFD_CREATE.call("memfd_create", text.address(), flags | MFD_CLOEXEC, 0, 0, 0, 0);
        }
    }

    public static FileStatus status(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(STATX_BYTES, 8);
            MemorySegment empty = arena.allocate(1);
            SystemCall.STATX.call("stat", descriptor, empty.address(), AT_EMPTY_PATH, STATX_BASIC_STATS, to.address(),
                    0);
            return new FileStatus(to.get(JAVA_SHORT, 28) & 0xFFFF, to.get(JAVA_LONG, 32), to.get(JAVA_LONG, 40),
                    to.get(JAVA_LONG, 48) * 512, to.get(JAVA_INT, 128), to.get(JAVA_INT, 132), to.get(JAVA_INT, 136),
                    to.get(JAVA_INT, 140));
        }
    }

    /// The magic number of the file system a file lies on, as in `statfs(2)`.
    public static long fileSystemType(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(STATFS_BYTES, 8);
            SystemCall.FSTATFS.call("statfs", descriptor, to.address(), 0, 0, 0, 0);
            return to.get(JAVA_LONG, 0);
        }
    }

    /// Unit of allocation of the file system a file lies on; the huge page size on hugetlbfs.
    public static long fileSystemBlockBytes(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(STATFS_BYTES, 8);
            SystemCall.FSTATFS.call("statfs", descriptor, to.address(), 0, 0, 0, 0);
            return to.get(JAVA_LONG, 8);
        }
    }

    public static void truncate(int descriptor, long sizeBytes) {
        SystemCall.FTRUNCATE.call("truncate", descriptor, sizeBytes, 0, 0, 0, 0);
    }

    /// @param mode 0, or `FALLOC_FL_…`
    public static void allocate(int descriptor, int mode, long at, long byteCount) {
        SystemCall.FALLOCATE.call("allocate", descriptor, mode, at, byteCount, 0, 0);
    }

    /// Makes the file's bytes, also those stored through shared mappings, and its size durable.
    public static void syncData(int descriptor) {
        SystemCall.FDATASYNC.call("fdatasync", descriptor, 0, 0, 0, 0, 0);
    }

    /// Writes all bytes of `from` at `at`.
    public static void write(int descriptor, MemorySegment from, long at) {
        requireNative(from);
        long done = 0;
        while (done < from.byteSize()) {
            long part = SystemCall.PWRITE.call("write", descriptor, from.address() + done, from.byteSize() - done,
                    at + done, 0, 0);
            if (part == 0) {
                throw new NativeException("write", 5);
            }
            done += part;
        }
    }

    /// Fills `to` from `at` on.
    ///
    /// @return bytes read, fewer than asked only at the end of the file
    public static long read(int descriptor, MemorySegment to, long at) {
        requireNative(to);
        long done = 0;
        while (done < to.byteSize()) {
            long part = SystemCall.PREAD.call("read", descriptor, to.address() + done, to.byteSize() - done,
                    at + done, 0, 0);
            if (part == 0) {
                break;
            }
            done += part;
        }
        return done;
    }

    /// Takes or leaves a lock of the open file (`flock(2)`): the kernel gives it back when the process ends, however.
    ///
    /// @param operation `LOCK_…`
    /// @return false where another open file holds it (only with LOCK_NB)
    public static boolean lock(int descriptor, int operation) {
        try {
            SystemCall.FLOCK.call("lock", descriptor, operation, 0, 0, 0, 0);
            return true;
        } catch (NativeException e) {
            if (e.number() == 11) {
                return false;
            }
            throw e;
        }
    }

    /// @param argument a number, or the address of memory that stays alive during the call
    public static long ioctl(int descriptor, long request, long argument) {
        return SystemCall.IOCTL.call("ioctl", descriptor, request, argument, 0, 0, 0);
    }

    /// As [#ioctl], but made once, whatever comes of it: for requests that have done part of their work when a signal
    /// interrupts them, so that making them again would not do the same.
    ///
    /// @return the result, or the kernel's error number, negative
    public static long ioctlOnce(int descriptor, long request, long argument) {
        return SystemCall.IOCTL.raw(descriptor, request, argument, 0, 0, 0);
    }

    /// Page faults of the calling thread so far that needed no reading from a disk.
    public static long minorFaults() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(RUSAGE_BYTES, 8);
            SystemCall.GETRUSAGE.call("getrusage", RUSAGE_THREAD, to.address(), 0, 0, 0, 0);
            return to.get(JAVA_LONG, RUSAGE_MINOR_FAULTS);
        }
    }

    /// @return a descriptor
    public static int userfaultfd(int flags) {
        return (int) SystemCall.USERFAULTFD.call("userfaultfd", flags | O_CLOEXEC, 0, 0, 0, 0, 0);
    }

    public static long prctl(int option, long a, long b, long c, long d) {
        return SystemCall.PRCTL.call("prctl", option, a, b, c, d, 0);
    }

    /// Maps pages and returns their address. [Mapping] is the tidy form; this one is for stitching with MAP_FIXED.
    ///
    /// @param address 0, or where to map
    /// @param protection `PROT_…`
    /// @param flags `MAP_…`
    /// @param descriptor -1 for MAP_ANONYMOUS
    public static long map(long address, long byteCount, int protection, int flags, int descriptor, long offset) {
        return SystemCall.MMAP.call("map", address, byteCount, protection, flags, descriptor, offset);
    }

    public static void unmap(long address, long byteCount) {
        SystemCall.MUNMAP.call("unmap", address, byteCount, 0, 0, 0, 0);
    }

    public static void protect(long address, long byteCount, int protection) {
        SystemCall.MPROTECT.call("protect", address, byteCount, protection, 0, 0, 0);
    }

    /// @param advice `MADV_…`
    public static void advise(long address, long byteCount, int advice) {
        SystemCall.MADVISE.call("advise", address, byteCount, advice, 0, 0, 0);
    }

    /// Writes the dirty pages of a shared mapping back and waits (`msync(MS_SYNC)`).
    ///
    /// @param address at a page
    public static void syncMapped(long address, long byteCount) {
        SystemCall.MSYNC.call("msync", address, byteCount, MS_SYNC, 0, 0, 0);
    }

    private static void requireNative(MemorySegment segment) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("the segment must be native memory");
        }
    }
}
