package dev.stele.volume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.MapMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Random changes of one file under live mappings, beside an array of what it should hold. After each step the file,
/// and every page of every mapping that shows the file, must agree with the array.
///
/// Pages whose block the file gave up are the mapping's own until the file has a block there again: those are left out.
final class MappedFileModel {
    private static final int PAGE = 4096;
    private static final int PAGES_MAX = 24;

    private record Live(Arena arena, MemorySegment segment, int page, int pages, boolean writable, boolean[] own) {
    }

    private final Volume volume;
    private final long file;
    private final Random random;
    private final Arena memory;
    private final List<Live> mappings = new ArrayList<>();
    private final byte[] content = new byte[(PAGES_MAX + 8) * PAGE];
    private int size;

    MappedFileModel(Volume volume, long file, Random random, Arena memory) {
        this.volume = volume;
        this.file = file;
        this.random = random;
        this.memory = memory;
    }

    void run(int steps, String label) {
        StringBuilder trace = new StringBuilder(label);
        for (int i = 0; i < steps; i++) {
            trace.append('\n').append(step());
            check(trace.toString());
        }
        mappings.forEach(each -> each.arena.close());
        mappings.clear();
    }

    private String step() {
        return switch (random.nextInt(13)) {
            case 0, 1 -> write(Durability.DEFERRED);
            case 2 -> write(Durability.ATOMIC);
            case 3, 4 -> store();
            case 5 -> truncate();
            case 6 -> punch();
            case 7 -> zero();
            case 8 -> allocate();
            case 9 -> random.nextBoolean() ? collapse() : insert();
            case 10 -> sync();
            case 11 -> map();
            default -> unmap();
        };
    }

    private String write(Durability durability) {
        int offset = random.nextInt(PAGES_MAX * PAGE - 1);
        int count = 1 + random.nextInt(Math.min(PAGES_MAX * PAGE - offset, 3 * PAGE));
        MemorySegment bytes = memory.allocate(count);
        byte value = (byte) random.nextInt(1, 100);
        bytes.fill(value);
        assertEquals(count, volume.write(file, offset, bytes, 0, count, durability));
        grown(offset + count);
        Arrays.fill(content, offset, offset + count, value);
        shared(offset / PAGE, blocks(offset + count));
        return durability + " write " + offset + "+" + count + " of " + value;
    }

    private String store() {
        for (Live each : mappings) {
            for (int page = each.page; each.writable && page < each.page + each.pages; page++) {
                int from = page * PAGE + random.nextInt(PAGE);
                if (!each.own[page] && from < size && random.nextInt(3) == 0) {
                    byte value = (byte) random.nextInt(100, 127);
                    each.segment.set(ValueLayout.JAVA_BYTE, from - each.page * PAGE, value);
                    content[from] = value;
                    return "store at " + from + " of " + value;
                }
            }
        }
        return "no store";
    }

    private String truncate() {
        int newSize = random.nextInt(PAGES_MAX * PAGE);
        volume.truncate(file, newSize);
        if (newSize < size) {
            Arrays.fill(content, newSize, size, (byte) 0);
            own(blocks(newSize), PAGES_MAX + 8);
            size = newSize;
        }
        grown(newSize);
        return "truncate to " + newSize;
    }

    private String punch() {
        int offset = random.nextInt(PAGES_MAX * PAGE - 1);
        int count = 1 + random.nextInt(4 * PAGE);
        volume.punchHole(file, offset, count);
        Arrays.fill(content, Math.min(size, offset), Math.min(size, offset + count), (byte) 0);
        own(blocks(offset), (offset + count) / PAGE);
        return "punch " + offset + "+" + count;
    }

    private String zero() {
        int offset = random.nextInt(PAGES_MAX * PAGE - 1);
        int count = 1 + random.nextInt(Math.min(PAGES_MAX * PAGE - offset, 4 * PAGE));
        volume.zeroRange(file, offset, count, false);
        grown(offset + count);
        Arrays.fill(content, offset, offset + count, (byte) 0);
        shared(offset / PAGE, blocks(offset + count));
        return "zero " + offset + "+" + count;
    }

    private String allocate() {
        int offset = random.nextInt(PAGES_MAX * PAGE - 1);
        int count = 1 + random.nextInt(Math.min(PAGES_MAX * PAGE - offset, 4 * PAGE));
        boolean keepSize = random.nextBoolean();
        volume.allocate(file, offset, count, keepSize);
        if (!keepSize) {
            grown(offset + count);
        }
        shared(offset / PAGE, Math.min(blocks(offset + count), blocks(size)));
        return "allocate " + offset + "+" + count + (keepSize ? " keeping the size" : "");
    }

    private String collapse() {
        int page = random.nextInt(PAGES_MAX);
        int count = 1 + random.nextInt(3);
        if ((page + count) * PAGE >= size) {
            return "no collapse";
        }
        volume.collapseRange(file, (long) page * PAGE, (long) count * PAGE);
        System.arraycopy(content, (page + count) * PAGE, content, page * PAGE, size - (page + count) * PAGE);
        Arrays.fill(content, size - count * PAGE, size, (byte) 0);
        size -= count * PAGE;
        moved(page);
        own(blocks(size), PAGES_MAX + 8);
        return "collapse " + page + "+" + count;
    }

    private String insert() {
        int page = random.nextInt(PAGES_MAX);
        int count = 1 + random.nextInt(3);
        if (page * PAGE >= size || size + count * PAGE > PAGES_MAX * PAGE) {
            return "no insert";
        }
        volume.insertRange(file, (long) page * PAGE, (long) count * PAGE);
        System.arraycopy(content, page * PAGE, content, (page + count) * PAGE, size - page * PAGE);
        Arrays.fill(content, page * PAGE, (page + count) * PAGE, (byte) 0);
        size += count * PAGE;
        moved(page);
        return "insert " + page + "+" + count;
    }

    private String sync() {
        volume.sync(file, random.nextBoolean());
        return "sync";
    }

    private String map() {
        if (mappings.size() == 5) {
            return unmap();
        }
        int page = random.nextInt(PAGES_MAX);
        int pages = 1 + random.nextInt(PAGES_MAX - page);
        boolean writable = random.nextBoolean();
        Arena arena = random.nextBoolean() ? Arena.ofConfined() : Arena.ofShared();
        MemorySegment segment = volume.map(file, (long) page * PAGE, (long) pages * PAGE,
                writable ? MapMode.READ_WRITE : MapMode.READ_ONLY, arena);
        mappings.add(new Live(arena, segment, page, pages, writable, new boolean[PAGES_MAX + 8]));
        if (writable) {
            shared(page, page + pages);
        }
        return "map " + page + "+" + pages + (writable ? " writable" : "");
    }

    private String unmap() {
        if (mappings.isEmpty()) {
            return "no unmap";
        }
        Live gone = mappings.remove(random.nextInt(mappings.size()));
        gone.arena.close();
        return "unmap " + gone.page + "+" + gone.pages;
    }

    /// Pages behind the old end are the file's in every mapping once the end has moved over them.
    private void grown(int newSize) {
        if (newSize > size) {
            shared(blocks(size), blocks(newSize));
            size = newSize;
        }
    }

    private void shared(int fromPage, int toPage) {
        for (Live each : mappings) {
            for (int page = fromPage; page < toPage; page++) {
                each.own[page] = false;
            }
        }
    }

    private void own(int fromPage, int toPage) {
        for (Live each : mappings) {
            for (int page = fromPage; page < toPage; page++) {
                each.own[page] = true;
            }
        }
    }

    /// Every page of a writable mapping has a block again, and a read-only one shows zeros where there is none.
    private void moved(int fromPage) {
        shared(fromPage, blocks(size));
    }

    private void check(String trace) {
        MemorySegment read = memory.allocate(content.length);
        assertEquals(size, volume.read(file, 0, read, 0, content.length), trace);
        MemorySegment expected = MemorySegment.ofArray(content);
        assertEquals(-1, read.asSlice(0, size).mismatch(expected.asSlice(0, size)), trace);
        for (Live each : mappings) {
            for (int page = each.page; page < each.page + each.pages && page * PAGE < size; page++) {
                if (!each.own[page]) {
                    checkPage(each, page, expected, trace);
                }
            }
        }
    }

    private void checkPage(Live each, int page, MemorySegment expected, String trace) {
        int count = Math.min(PAGE, size - page * PAGE);
        long at = each.segment.asSlice((long) (page - each.page) * PAGE, count)
                .mismatch(expected.asSlice((long) page * PAGE, count));
        assertEquals(-1, at, () -> "page " + page + " of mapping " + each.page + "+" + each.pages + ", " + trace);
    }

    private static int blocks(int bytes) {
        return (bytes + PAGE - 1) / PAGE;
    }
}
