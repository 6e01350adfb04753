package dev.stele.crash;

import dev.stele.node.FileType;
import dev.stele.volume.Volume.Durability;
import dev.stele.volume.Volume.RenameMode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Makes up the next operation of a long sequence, by chance and by what the volume holds: half of them from the set,
/// half on any file there is, at any offset. The same seed, place and tree give the same operation.
final class Guide {
    /// So often everything is synced and unmapped: what may be left of one word must stay few values.
    private static final int SYNC_EVERY = 4;
    private static final int MAX_FILE_BYTES = 40_000;
    private static final int MAX_WRITE_BYTES = 9000;
    private static final int BLOCK = 4096;
    private static final List<Operation> SET = Operations.all();

    private final SplittableRandom random;
    private final Tree tree;

    private Guide(SplittableRandom random, Tree tree) {
        this.random = random;
        this.tree = tree;
    }

    static Operation operation(long seed, int index, Tree tree) {
        if (index % SYNC_EVERY == SYNC_EVERY - 1) {
            return new Operation("sync and unmap", s -> { },
                    List.of(Step.atomic("sync", Stage::sync), Step.atomic("unmap", Stage::closeMappings)), Reach.PAIRS);
        }
        Guide guide = new Guide(new SplittableRandom(Mix.of(Mix.of(1, seed), index)), tree);
        return guide.random.nextBoolean() ? SET.get(guide.random.nextInt(SET.size())) : guide.makeUp();
    }

    private List<String> files() {
        List<String> found = new ArrayList<>();
        collect(tree.root, "", found);
        return found;
    }

    private static void collect(Node node, String path, List<String> into) {
        node.entries.forEach((name, child) -> {
            String childPath = path.isEmpty() ? name : path + "/" + name;
            if (child.type == FileType.REGULAR) {
                into.add(childPath);
            } else if (child.isDirectory()) {
                collect(child, childPath, into);
            }
        });
    }

    private Operation makeUp() {
        List<String> files = files();
        if (files.isEmpty() || random.nextInt(16) == 0) {
            String path = "made " + random.nextInt(1000);
            return one(Step.atomic("create " + path, s -> s.create(path)));
        }
        String path = files.get(random.nextInt(files.size()));
        int size = tree.require(path).bytes.length;
        return one(switch (random.nextInt(14)) {
            case 0, 1, 2 -> write(path, size);
            case 3, 4 -> append(path, size);
            case 5 -> resize(path);
            case 6 -> punch(path, size);
            case 7 -> zero(path, size);
            case 8 -> allocate(path, size);
            case 9 -> move(path, size);
            case 10 -> sync(path);
            case 11 -> name(path);
            case 12 -> attribute(path);
            default -> copy(path, files.get(random.nextInt(files.size())), size);
        });
    }

    private static Operation one(Step step) {
        return new Operation(step.name(), s -> { }, List.of(step), Reach.PAIRS);
    }

    private int offset(int size) {
        return random.nextInt(Math.min(size + 5000, MAX_FILE_BYTES));
    }

    /// Short ones, long ones, and those of whole blocks.
    private int length() {
        return switch (random.nextInt(4)) {
            case 0 -> 1 + random.nextInt(16);
            case 1 -> 1 + random.nextInt(200);
            case 2 -> BLOCK * (1 + random.nextInt(2));
            default -> 1 + random.nextInt(MAX_WRITE_BYTES);
        };
    }

    private Durability durability() {
        return Durability.values()[random.nextInt(Durability.values().length)];
    }

    private Step write(String path, int size) {
        int offset = offset(size);
        int length = length();
        Durability durability = durability();
        String name = "write " + length + " at " + offset + " " + durability + " " + path;
        Step.Action action = s -> s.write(path, offset, length, durability);
        return durability == Durability.ATOMIC ? Step.atomic(name, action) : Step.inParts(name, path, action);
    }

    private Step append(String path, int size) {
        int length = size > MAX_FILE_BYTES ? 1 : length();
        Durability durability = durability();
        return Step.inParts("append " + length + " " + durability + " " + path, path,
                s -> s.append(path, length, durability));
    }

    private Step resize(String path) {
        int size = random.nextInt(MAX_FILE_BYTES);
        return Step.atomic("truncate " + path + " to " + size, s -> s.truncate(path, size));
    }

    private Step punch(String path, int size) {
        int offset = offset(size);
        int length = length();
        return Step.torn("punch " + length + " at " + offset + " of " + path, path,
                s -> s.punch(path, offset, length));
    }

    private Step zero(String path, int size) {
        int offset = offset(size);
        int length = length();
        boolean keepSize = random.nextBoolean();
        return Step.inParts("zero " + length + " at " + offset + " of " + path + (keepSize ? ", keeping the size" : ""),
                path, s -> s.zero(path, offset, length, keepSize));
    }

    private Step allocate(String path, int size) {
        int offset = offset(size);
        int length = length();
        boolean keepSize = random.nextBoolean();
        return Step.atomic("allocate " + length + " at " + offset + " of " + path
                + (keepSize ? ", keeping the size" : ""), s -> s.allocate(path, offset, length, keepSize));
    }

    private Step move(String path, int size) {
        int offset = random.nextInt(size / BLOCK + 1) * BLOCK;
        int length = BLOCK * (1 + random.nextInt(2));
        return random.nextBoolean() && size < MAX_FILE_BYTES
                ? Step.atomic("insert " + length + " at " + offset + " into " + path,
                        s -> s.insert(path, offset, length))
                : Step.atomic("collapse " + length + " at " + offset + " of " + path,
                        s -> s.collapse(path, offset, length));
    }

    private Step sync(String path) {
        boolean dataOnly = random.nextBoolean();
        return Step.atomic((dataOnly ? "fdatasync " : "fsync ") + path, s -> s.fsync(path, dataOnly));
    }

    private Step name(String path) {
        String other = "made " + random.nextInt(20);
        return switch (random.nextInt(3)) {
            case 0 -> Step.atomic("link " + path + " " + other, s -> s.link(path, other));
            case 1 -> Step.atomic("unlink " + path, s -> s.unlink(path));
            default -> Step.atomic("rename " + path + " " + other, s -> s.rename(path, other, RenameMode.REPLACE));
        };
    }

    private Step attribute(String path) {
        int byteCount = 1 + random.nextInt(3000);
        String name = "user." + random.nextInt(4);
        return random.nextInt(3) == 0
                ? Step.atomic("setattr " + path, s -> s.setAttributes(path, 0600, byteCount))
                : Step.atomic("setxattr " + path + " " + name + " " + byteCount,
                        s -> s.setXattr(path, name, byteCount));
    }

    private Step copy(String from, String to, int size) {
        int offset = offset(size);
        int toOffset = offset(size);
        int length = length();
        return Step.inParts("copy " + length + " at " + offset + " of " + from + " to " + toOffset + " of " + to, to,
                s -> s.copyRange(from, offset, to, toOffset, length));
    }
}
