package dev.stele.crash.images;

import dev.stele.cpu.Granularity;
import dev.stele.error.Errno;
import dev.stele.error.VolumeException;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.XattrMode;
import java.util.Arrays;

/// The small volumes that are damaged, of 1 MiB each, made the same way every time.
enum Corpus {
    /// As mkfs leaves it.
    EMPTY {
        @Override
        void fill(Filling f) {
        }
    },
    /// Bytes within inodes, and files of one block or a few.
    SMALL {
        @Override
        void fill(Filling f) {
            for (int i = 0; i < 6; i++) {
                f.file(f.root(), "inline-" + i, 1 + i * 25);
            }
            f.file(f.root(), "nothing", 0);
            f.file(f.root(), "block", 4096);
            f.file(f.root(), "odd", 5001);
            f.file(f.root(), "blocks", 40_000);
            f.volume().mknod(f.root(), Name.of("fifo"), FileType.FIFO.modeBits() | 0600, 0, 1, 2);
            f.volume().mknod(f.root(), Name.of("device"), FileType.CHARACTER_DEVICE.modeBits() | 0600, 0x103, 1, 2);
        }
    },
    /// Extents in the inode, in tree nodes, and in a tree of three levels; holes and unwritten blocks.
    TREES {
        @Override
        void fill(Filling f) {
            f.scattered(f.root(), "few", 5);
            f.scattered(f.root(), "many", 40);
            long unwritten = f.scattered(f.root(), "unwritten", 3);
            f.volume().allocate(unwritten, 100_000, 30_000, true);
            f.volume().allocate(unwritten, 200_000, 5_000, false);
            f.deepen(f.scattered(f.root(), "deep", 8));
            f.deepen(f.scattered(f.root(), "deeper", 7));
        }
    },
    /// Directories in directories, and a large one whose index has several levels.
    DIRECTORIES {
        @Override
        void fill(Filling f) {
            long directory = f.root();
            for (int i = 0; i < 7; i++) {
                directory = f.directory(directory, "level-" + i);
                f.file(directory, "file-" + i, i * 60);
            }
            long large = f.directory(f.root(), "large");
            for (int i = 0; i < 60; i++) {
                f.volume().link(f.inodeOf("file-" + i % 7), large,
                        Name.of("a-rather-long-name-in-a-directory-that-is-large-and-has-many-blocks-for-it-" + i));
            }
            f.deepen(large);
            f.directory(f.root(), "empty");
        }
    },
    /// Files with many names.
    LINKS {
        @Override
        void fill(Filling f) {
            long a = f.directory(f.root(), "a");
            long b = f.directory(f.root(), "b");
            for (int i = 0; i < 4; i++) {
                long file = f.file(a, "file-" + i, i * 3000);
                f.volume().link(file, b, Name.of("second-" + i));
                f.volume().link(file, f.root(), Name.of("third-" + i));
            }
        }
    },
    /// Extended attributes, small ones and such as take many blocks.
    XATTRS {
        @Override
        void fill(Filling f) {
            long small = f.file(f.root(), "small", 100);
            f.xattr(small, "user.one", 10);
            f.xattr(small, "user.two", 0);
            long large = f.file(f.root(), "large", 5000);
            f.xattr(large, "user.three", 3000);
            f.xattr(large, "user.many", 15_000);
            f.xattr(f.directory(f.root(), "directory"), "user.four", 500);
            f.xattr(f.root(), "user.root", 50);
        }
    },
    /// Symbolic links, in inodes and in blocks of their own.
    SYMLINKS {
        @Override
        void fill(Filling f) {
            long directory = f.directory(f.root(), "directory");
            for (int length : new int[] {1, 40, 128, 129, 1000, 4095}) {
                f.volume().symlink(directory, Name.of("link-" + length), Arrays.copyOf(Filling.pattern(length), length),
                        1, 2);
            }
        }
    },
    /// Files without names that were open when the power went.
    ORPHANS {
        @Override
        void fill(Filling f) {
            f.file(f.root(), "kept", 9000);
            for (int i = 0; i < 5; i++) {
                long file = f.scattered(f.root(), "gone-" + i, i * 3 + 1);
                f.volume().pin(file);
                f.volume().unlink(f.root(), Name.of("gone-" + i));
            }
            long inline = f.file(f.root(), "gone", 30);
            f.volume().pin(inline);
            f.volume().unlink(f.root(), Name.of("gone"));
        }

        @Override
        boolean isClosed() {
            return false;
        }
    },
    /// A log of records that the next open repeats.
    UNCLEAN {
        @Override
        void fill(Filling f) {
            f.file(f.root(), "old", 9000);
            f.settle();
            long directory = f.directory(f.root(), "directory");
            long file = f.file(directory, "file", 6000);
            f.file(directory, "inline", 60);
            f.volume().append(file, f.bytes(), 0, 700, Durability.DSYNC);
            f.xattr(file, "user.name", 20);
            f.volume().rename(f.root(), Name.of("old"), directory, Name.of("new"), Volume.RenameMode.REPLACE);
            f.volume().truncate(file, 5000);
            f.volume().punchHole(file, 0, 4096);
        }

        @Override
        boolean isClosed() {
            return false;
        }
    },
    /// Two blocks are free.
    FULL {
        @Override
        void fill(Filling f) {
            long directory = f.directory(f.root(), "directory");
            for (int i = 0; i < 6; i++) {
                f.file(directory, "file-" + i, 3000 * i);
            }
            f.scattered(f.root(), "scattered", 12);
            f.fillUp(2);
        }
    },
    /// Files whose extents must not change.
    SEALED {
        @Override
        void fill(Filling f) {
            for (int i = 0; i < 4; i++) {
                long file = f.scattered(f.root(), "sealed-" + i, i * 4 + 1);
                f.volume().seal(file, true);
            }
            f.volume().seal(f.file(f.root(), "inline", 50), true);
            f.file(f.root(), "not", 5000);
        }
    },
    /// As on an image file: nothing is logged, a checkpoint makes durable.
    PAGES {
        @Override
        void fill(Filling f) {
            long directory = f.directory(f.root(), "directory");
            for (int i = 0; i < 8; i++) {
                f.file(directory, "file-" + i, 1500 * i);
            }
            f.scattered(directory, "scattered", 14);
            f.xattr(directory, "user.name", 100);
            f.volume().symlink(f.root(), Name.of("link"), "directory/file-1".getBytes(
                    java.nio.charset.StandardCharsets.US_ASCII), 1, 2);
        }

        @Override
        Granularity granularity() {
            return Granularity.PAGE;
        }
    };

    static final long SIZE_BYTES = 1 << 20;

    abstract void fill(Filling f);

    /// Whether the volume was closed before the image was taken.
    boolean isClosed() {
        return true;
    }

    Granularity granularity() {
        return Granularity.BYTE;
    }

    /// Allocates until so many blocks are left.
    static boolean isFull(VolumeException refused) {
        return refused.errno() == Errno.ENOSPC;
    }
}
