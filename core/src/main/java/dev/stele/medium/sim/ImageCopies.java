package dev.stele.medium.sim;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Parts of an image that somebody copied to look at them later: words that are undecided in it are so in them, too.
final class ImageCopies {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private record Copy(MemorySegment bytes, long address, long at, long byteCount) {
        long placeOf(long wanted) {
            long distance = wanted - address;
            return distance >= 0 && distance < byteCount && isAlive() ? at + distance : -1;
        }

        boolean isAlive() {
            return bytes.scope().isAlive();
        }

        boolean holds(long wordAt) {
            return wordAt >= at && wordAt + 8 <= at + byteCount && isAlive();
        }
    }

    private final List<Copy> copies = new ArrayList<>();

    void clear() {
        copies.clear();
    }

    boolean isEmpty() {
        return copies.isEmpty();
    }

    boolean isAnyAlive() {
        return copies.stream().anyMatch(Copy::isAlive);
    }

    /// @param at where on the medium the part began
    void add(MemorySegment bytes, long at) {
        copies.removeIf(each -> !each.isAlive());
        copies.add(new Copy(bytes, bytes.address(), at, bytes.byteSize()));
    }

    /// Where on the medium an address of a copy was copied from; -1 for none.
    long placeOf(long wanted) {
        for (int i = 0; i < copies.size(); i++) {
            long place = copies.get(i).placeOf(wanted);
            if (place >= 0) {
                return place;
            }
        }
        return -1;
    }

    /// Has every copy hold a word that was decided.
    ///
    /// @param at where it stands on the medium
    /// @param before what the copies hold as long as nobody stores to them
    void show(long at, long before, long value) {
        for (Copy each : copies) {
            if (each.holds(at)) {
                if (each.bytes.get(WORD, at - each.at) != before) {
                    throw new IllegalStateException("a copy of the medium was stored to while it was undecided");
                }
                each.bytes.set(WORD, at - each.at, value);
            }
        }
    }
}
