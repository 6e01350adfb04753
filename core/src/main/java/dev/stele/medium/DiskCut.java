package dev.stele.medium;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// One moment of a power cut of a [SimulatedDisk]: the sectors that may differ, and one choice of what is left of each.
/// The size of the file is one more that may.
public final class DiskCut {
    private static final long MANY = Long.MAX_VALUE;

    private final MemorySegment durable;
    private final int sectorBytes;
    private final int[] sectors;
    private final byte[][][] versions;
    private final long[] sizes;
    /// Of each sector: 0 for what was durable, else the number of what it held since. The last is the file's size.
    private final int[] choice;

    DiskCut(MemorySegment durable, int sectorBytes, TreeMap<Integer, List<byte[]>> held, List<Long> sizes) {
        this.durable = durable;
        this.sectorBytes = sectorBytes;
        this.sectors = new int[held.size()];
        this.versions = new byte[held.size()][][];
        int count = 0;
        for (Map.Entry<Integer, List<byte[]>> each : held.entrySet()) {
            sectors[count] = each.getKey();
            versions[count++] = each.getValue().toArray(byte[][]::new);
        }
        this.sizes = sizes.stream().mapToLong(Long::longValue).toArray();
        this.choice = new int[count + 1];
    }

    /// Number of things that may be left one way or the other.
    public int partCount() {
        return choice.length;
    }

    /// Number of ways to leave one of them, at least 1.
    private int wayCount(int part) {
        return part == sectors.length ? sizes.length : versions[part].length + 1;
    }

    /// Number of different choices, `Long.MAX_VALUE` where they are too many to count.
    public long choiceCount() {
        long product = 1;
        for (int part = 0; part < choice.length; part++) {
            if (product > MANY / wayCount(part)) {
                return MANY;
            }
            product *= wayCount(part);
        }
        return product;
    }

    /// The choice of this number, 0 (all lost) to [#choiceCount()] - 1 (all kept).
    public void choose(long number) {
        long rest = number;
        for (int part = 0; part < choice.length; part++) {
            choice[part] = (int) (rest % wayCount(part));
            rest /= wayCount(part);
        }
    }

    public void loseAll() {
        Arrays.fill(choice, 0);
    }

    public void keepAll() {
        for (int part = 0; part < choice.length; part++) {
            keep(part);
        }
    }

    public void lose(int part) {
        choice[part] = 0;
    }

    public void keep(int part) {
        choice[part] = wayCount(part) - 1;
    }

    /// Whether a part is left otherwise than the program last saw it.
    public boolean isTorn(int part) {
        return choice[part] != wayCount(part) - 1;
    }

    /// Puts a part back as it was in a copy that [#choice()] made.
    public void choose(int part, int[] of) {
        choice[part] = of[part];
    }

    public int[] choice() {
        return choice.clone();
    }

    /// The choice as text: for each part that is not left as the program last saw it the number of its sector (`size`
    /// for the file's size), and that of what is left of it.
    public String code() {
        StringJoiner code = new StringJoiner(",");
        for (int part = 0; part < choice.length; part++) {
            if (isTorn(part)) {
                code.add(nameOf(part) + "." + choice[part]);
            }
        }
        return code.toString();
    }

    private String nameOf(int part) {
        return part == sectors.length ? "size" : Integer.toString(sectors[part]);
    }

    /// Makes the choice that a [#code()] tells, as far as the same can be lost here.
    ///
    /// @throws IllegalArgumentException where it is no such text
    public void choose(String code) {
        keepAll();
        for (String each : code.isEmpty() ? new String[0] : code.split(",")) {
            int dot = each.indexOf('.');
            if (dot < 0) {
                throw new IllegalArgumentException("this names no loss: " + each);
            }
            int way = Integer.parseUnsignedInt(each.substring(dot + 1));
            // In a program that was mended since, no cut here may lose the sector.
            for (int part = 0; part < choice.length; part++) {
                if (nameOf(part).equals(each.substring(0, dot))) {
                    choice[part] = Math.min(way, wayCount(part) - 1);
                }
            }
        }
    }

    /// @param likelihood of each part to be left as the program last saw it
    public void chooseAtRandom(RandomGenerator random, double likelihood) {
        for (int part = 0; part < choice.length; part++) {
            choice[part] = random.nextDouble() < likelihood ? wayCount(part) - 1 : random.nextInt(wayCount(part));
        }
    }

    /// Makes the image that is left.
    ///
    /// @param image as large as the disk; behind the end it is whatever it was
    /// @return its size
    public long writeTo(MemorySegment image) {
        long size = sizes[choice[sectors.length]];
        MemorySegment.copy(durable, 0, image, 0, size);
        for (int part = 0; part < sectors.length; part++) {
            long at = (long) sectors[part] * sectorBytes;
            if (choice[part] > 0 && at < size) {
                MemorySegment.copy(versions[part][choice[part] - 1], 0, image, ValueLayout.JAVA_BYTE, at,
                        (int) Math.min(sectorBytes, size - at));
            }
        }
        return size;
    }

    /// What is not left as the program last saw it, for people.
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner("\n  ", "\n  ", "").setEmptyValue("\n  nothing lost");
        for (int part = 0; part < sectors.length; part++) {
            if (isTorn(part)) {
                long at = (long) sectors[part] * sectorBytes;
                text.add((choice[part] == 0 ? "lost sector at byte " : "old sector at byte ") + at + " (page "
                        + at / Medium.PAGE_BYTES + " + " + at % Medium.PAGE_BYTES + "), version " + choice[part]
                        + " of " + versions[part].length);
            }
        }
        if (isTorn(sectors.length)) {
            text.add("the file has " + sizes[choice[sectors.length]] + " bytes, not " + sizes[sizes.length - 1]);
        }
        return text.toString();
    }
}
