package dev.stele.crash.images;

import dev.stele.check.Check;
import dev.stele.cpu.Granularity;
import dev.stele.format.Geometry;
import dev.stele.format.Layouts;
import dev.stele.format.Superblock;
import dev.stele.volume.Volume;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// One whole image of the corpus, and everything that is known of it: its structures, what it shows when it is opened,
/// what stands where, and how it was a while before.
final class Specimen {
    final Corpus corpus;
    final MemorySegment bytes;
    /// The same volume before it was filled: blocks to be put back.
    final MemorySegment older;
    final Geometry geometry;
    final List<Field> fields;
    /// Places of fields with the same kind and ordinal, to take another's value from.
    private final Map<Long, List<Field>> alike = new HashMap<>();
    /// What it shows, by inode.
    final Map<Long, Node> nodes;
    /// Whether the next open repeats records.
    final boolean hasLog;
    final long freeBlocks;

    private Specimen(Corpus corpus, MemorySegment bytes, MemorySegment older) {
        this.corpus = corpus;
        this.bytes = bytes.asReadOnly();
        this.older = older.asReadOnly();
        this.geometry = Superblock.decode(bytes, 0).geometry();
        DamageMedium medium = medium();
        Volume volume = Filling.open(medium, false);
        this.freeBlocks = volume.statistics().freeBlocks();
        Look look = new Look();
        look.at(volume);
        if (look.refusal() != null) {
            throw new IllegalStateException(corpus + " is not whole: " + look.refusal());
        }
        volume.sync();
        this.nodes = look.copyOfNodes();
        own(medium.bytes());
        this.fields = Structures.fieldsOf(bytes, geometry, block -> isUsed(medium.bytes(), block));
        for (Field field : fields) {
            alike.computeIfAbsent(key(field), each -> new ArrayList<>()).add(field);
        }
        this.hasLog = !corpus.isClosed() && corpus.granularity() != Granularity.PAGE;
        if (Check.run(medium).exitCode() != 0) {
            throw new IllegalStateException(corpus + " is not whole: " + Check.run(medium).findings());
        }
    }

    static Specimen of(Corpus corpus) {
        MemorySegment zeros = Arena.ofAuto().allocate(Corpus.SIZE_BYTES, Geometry.BLOCK_BYTES);
        DamageMedium medium = new DamageMedium(zeros, Corpus.SIZE_BYTES, corpus.granularity());
        Filling filling = new Filling(medium);
        filling.file(filling.root(), "first", 5000);
        filling.directory(filling.root(), "second");
        filling.settle();
        MemorySegment older = copy(medium.bytes());
        filling.volume().unlink(filling.root(), dev.stele.node.Name.of("first"));
        corpus.fill(filling);
        filling.finish(corpus.isClosed());
        return new Specimen(corpus, copy(medium.bytes()), older);
    }

    private static MemorySegment copy(MemorySegment bytes) {
        return Arena.ofAuto().allocate(bytes.byteSize(), Geometry.BLOCK_BYTES).copyFrom(bytes);
    }

    private static boolean isUsed(MemorySegment recovered, long block) {
        long word = recovered.get(Layouts.U64, Geometry.blockBitmapAt(0) + (block >>> 6) * 8);
        return (word >>> (block & 63) & 1) != 0;
    }

    private void own(MemorySegment recovered) {
        Ownership ownership = new Ownership(recovered);
        nodes.values().forEach(node -> node.own = ownership.of(node.inode, node.isDirectory()));
        nodes.values().stream().filter(Node::isDirectory).forEach(this::path);
    }

    private Cells path(Node directory) {
        if (directory.path == null) {
            directory.path = directory.own.copy();
            if (directory.directory != 0) {
                directory.path.addAll(path(nodes.get(directory.directory)));
            }
        }
        return directory.path;
    }

    Node root() {
        return nodes.get(Superblock.decode(bytes, 0).rootInode());
    }

    DamageMedium medium() {
        return new DamageMedium(bytes, bytes.byteSize(), corpus.granularity());
    }

    /// The same field of another structure of its kind; itself where there is only one.
    Field another(Field field, long random) {
        List<Field> others = alike.get(key(field));
        int index = (int) Long.remainderUnsigned(random, others.size());
        Field other = others.get(index);
        return other.at() == field.at() ? others.get((index + 1) % others.size()) : other;
    }

    private static long key(Field field) {
        return (long) field.kind().ordinal() << 48 | (long) field.byteCount() << 40 | field.ordinal();
    }
}
