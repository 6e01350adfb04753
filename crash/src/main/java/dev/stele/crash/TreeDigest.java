package dev.stele.crash;

import dev.stele.node.Attributes;
import dev.stele.node.FileType;
import dev.stele.node.Name;
import dev.stele.volume.Volume;
import dev.stele.volume.Volume.FileExtent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.LongFunction;

/// A hash of everything a user can see of a volume: two with the same digest are the same. Taken once, it can tell what
/// it would be without the parts of some files that a power cut may leave mixed. One per thread, used over and over.
final class TreeDigest {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long PIECE_BYTES = 64 << 10;
    private static final int MAX_DEPTH = 64;

    private final Attributes attributes = new Attributes();
    private final MemorySegment piece = Arena.ofAuto().allocate(PIECE_BYTES + Words.BYTES, 64);
    private int count;
    private long[] inodes = new long[64];
    /// Path, type, owner, attributes: never mixed.
    private long[] strict = new long[64];
    /// Size, blocks and extents of a regular file.
    private long[] shapes = new long[64];
    /// Content and times of change of a regular file.
    private long[] contents = new long[64];
    private long[] sizes = new long[64];
    private long[] except = new long[0];

    /// Looks at a volume.
    ///
    /// @param loose inodes whose content need not be looked at
    void take(Volume volume, long[] loose) {
        count = 0;
        except = loose;
        visit(volume, volume.root(), 1, 0);
    }

    private void visit(Volume volume, long inode, long path, int depth) {
        if (depth > MAX_DEPTH) {
            throw new Wrong("directories go round in circles");
        }
        volume.attributes(inode, attributes);
        Attributes a = attributes;
        FileType type = a.type();
        long hash = Mix.of(Mix.of(path, inode), a.mode | (long) a.linkCount << 32);
        hash = Mix.of(Mix.of(hash, a.uid | (long) a.gid << 32), a.device);
        hash = Mix.of(Mix.of(hash, a.generation | (long) a.flags << 32), a.accessTimeNanos);
        hash = Mix.of(hash, a.birthTimeNanos);
        long times = Mix.of(a.modifyTimeNanos, a.changeTimeNanos);
        long shape = Mix.of(a.sizeBytes, a.blockCount);
        for (Name each : volume.listXattrs(inode)) {
            hash = Mix.of(Mix.of(hash, each.hashCode()), Arrays.hashCode(volume.getXattr(inode, each)));
        }
        if (type == FileType.REGULAR) {
            regular(volume, inode, hash, shape, times, a.sizeBytes);
            return;
        }
        hash = Mix.of(Mix.of(hash, shape), times);
        if (type == FileType.SYMLINK) {
            hash = Mix.of(hash, Arrays.hashCode(volume.readlink(inode)));
        } else if (type == FileType.DIRECTORY) {
            hash = Mix.of(hash, volume.parent(inode));
        }
        add(inode, hash, 0, 0, -1);
        if (type == FileType.DIRECTORY) {
            volume.readDirectory(inode, 0, (name, child, childType, cookie) -> {
                visit(volume, child, Mix.of(path, name.hashCode()), depth + 1);
                return true;
            });
        }
    }

    private void regular(Volume volume, long inode, long hash, long shape, long times, long sizeBytes) {
        boolean isRead = !contains(except, inode);
        long content = times;
        List<FileExtent> extents = volume.extents(inode, 0, Long.MAX_VALUE);
        long end = -1;
        boolean wasUnwritten = false;
        for (int i = 0; i < extents.size(); i++) {
            FileExtent each = extents.get(i);
            // Where on the medium one extent ends and the next begins is nobody's business.
            if (each.fileOffset() != end || each.unwritten() != wasUnwritten) {
                shape = Mix.of(Mix.of(shape, end), each.unwritten() ? -each.fileOffset() - 1 : each.fileOffset());
            }
            end = each.fileOffset() + each.byteCount();
            wasUnwritten = each.unwritten();
            if (isRead && !each.unwritten()) {
                content = read(volume, inode, each.fileOffset(),
                        Math.min(sizeBytes, each.fileOffset() + each.byteCount()), content);
            }
        }
        shape = Mix.of(shape, end);
        if (isRead && extents.isEmpty()) {
            content = read(volume, inode, 0, Math.min(sizeBytes, PIECE_BYTES), content);
        }
        add(inode, hash, shape, content, sizeBytes);
    }

    private long read(Volume volume, long inode, long from, long to, long hash) {
        long sum = hash;
        for (long at = from; at < to; at += PIECE_BYTES) {
            long wanted = Math.min(PIECE_BYTES, to - at);
            long found = volume.read(inode, at, piece, 0, wanted);
            if (found != wanted) {
                throw new Wrong("inode " + inode + " gives " + found + " of " + wanted + " bytes at " + at);
            }
            piece.set(WORD, found, 0);
            sum = Mix.of(sum, sum(found));
        }
        return sum;
    }

    /// Four sums side by side, because one has to wait for itself.
    private long sum(long byteCount) {
        long a = 1;
        long b = 2;
        long c = 3;
        long d = 4;
        long at = 0;
        for (; at + 32 <= byteCount; at += 32) {
            a = (a ^ piece.get(WORD, at)) * 0x9E3779B97F4A7C15L;
            a ^= a >>> 32;
            b = (b ^ piece.get(WORD, at + 8)) * 0xC2B2AE3D27D4EB4FL;
            b ^= b >>> 31;
            c = (c ^ piece.get(WORD, at + 16)) * 0x165667B19E3779F9L;
            c ^= c >>> 30;
            d = (d ^ piece.get(WORD, at + 24)) * 0xD6E8FEB86659FD93L;
            d ^= d >>> 29;
        }
        for (; at < byteCount; at += 8) {
            a = Mix.of(a, piece.get(WORD, at));
        }
        return Mix.of(Mix.of(a, b), Mix.of(c, d));
    }

    private void add(long inode, long hash, long shape, long content, long sizeBytes) {
        if (count == inodes.length) {
            inodes = Arrays.copyOf(inodes, count * 2);
            strict = Arrays.copyOf(strict, count * 2);
            shapes = Arrays.copyOf(shapes, count * 2);
            contents = Arrays.copyOf(contents, count * 2);
            sizes = Arrays.copyOf(sizes, count * 2);
        }
        inodes[count] = inode;
        strict[count] = hash;
        shapes[count] = shape;
        contents[count] = content;
        sizes[count++] = sizeBytes;
    }

    /// The hash of what was looked at.
    ///
    /// @param loose inodes whose content and times of change do not count
    /// @param inParts one of them whose size and extents do not count either, 0 for none
    long value(long[] loose, long inParts) {
        long sum = count;
        for (int i = 0; i < count; i++) {
            long hash = strict[i];
            if (inodes[i] != inParts) {
                hash = Mix.of(hash, shapes[i]);
            }
            if (!contains(loose, inodes[i])) {
                hash = Mix.of(hash, contents[i]);
            }
            sum += Mix.end(hash);
        }
        return sum;
    }

    /// What differs from another digest, for people; both were taken with the same files left out.
    ///
    /// @param names what inodes are called
    String difference(TreeDigest other, long[] loose, LongFunction<String> names) {
        StringJoiner text = new StringJoiner(", ");
        for (int i = 0; i < count; i++) {
            int same = other.indexOf(inodes[i]);
            if (same < 0) {
                text.add(names.apply(inodes[i]) + " should not be there");
            } else if (other.strict[same] != strict[i] && other.count(inodes[i]) == 1) {
                text.add(names.apply(inodes[i]) + " has other attributes or another name");
            } else if (other.shapes[same] != shapes[i]) {
                text.add(names.apply(inodes[i]) + " has another size, or other blocks and holes");
            } else if (other.contents[same] != contents[i] && !contains(loose, inodes[i])) {
                text.add(names.apply(inodes[i]) + " has other content or times of change");
            }
        }
        for (int i = 0; i < other.count; i++) {
            if (indexOf(other.inodes[i]) < 0) {
                text.add(names.apply(other.inodes[i]) + " is not there");
            }
        }
        return text.toString();
    }

    private int indexOf(long inode) {
        for (int i = 0; i < count; i++) {
            if (inodes[i] == inode) {
                return i;
            }
        }
        return -1;
    }

    private int count(long inode) {
        int names = 0;
        for (int i = 0; i < count; i++) {
            names += inodes[i] == inode ? 1 : 0;
        }
        return names;
    }

    /// Size of a regular file that was met, -1 where it was not.
    long sizeOf(long inode) {
        int index = indexOf(inode);
        return index < 0 ? -1 : sizes[index];
    }

    private static boolean contains(long[] few, long inode) {
        for (long each : few) {
            if (each == inode) {
                return true;
            }
        }
        return false;
    }
}
