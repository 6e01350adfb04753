package dev.stele.crash.junit;

import java.math.BigInteger;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// How much of a track a cut leaves: all of the groups before the one of this number, and of that one the units whose
/// bit is set. All of a group is never said as a subset of it but as the group being left whole.
record Part(int whole, BigInteger subset) {
    static final Part NOTHING = new Part(0, BigInteger.ZERO);

    static Part all(Track track) {
        return new Part(track.groups().size(), BigInteger.ZERO);
    }

    static Part of(Track track, int whole, BigInteger subset) {
        if (whole >= track.groups().size()) {
            return all(track);
        }
        BigInteger full = BigInteger.ONE.shiftLeft(track.groups().get(whole).size()).subtract(BigInteger.ONE);
        BigInteger some = subset.and(full);
        return some.equals(full) ? new Part(whole + 1, BigInteger.ZERO) : new Part(whole, some);
    }

    /// The part of this number, 0 for nothing.
    static Part numbered(Track track, long number) {
        for (int group = 0; group < track.groups().size(); group++) {
            long subsets = (1L << track.groups().get(group).size()) - 1;
            if (number < subsets) {
                return new Part(group, BigInteger.valueOf(number));
            }
            number -= subsets;
        }
        return all(track);
    }

    static Part atRandom(Track track, RandomGenerator random) {
        int group = random.nextInt(track.groups().size());
        byte[] bits = new byte[track.groups().get(group).size() / 8 + 1];
        random.nextBytes(bits);
        return of(track, group, new BigInteger(1, bits));
    }

    boolean isAll(Track track) {
        return whole >= track.groups().size();
    }

    boolean keeps(int group, int unit) {
        return group < whole || group == whole && subset.testBit(unit);
    }

    /// With one more unit, if it may be.
    Part with(Track track, int group, int unit) {
        return group == whole ? of(track, whole, subset.setBit(unit)) : this;
    }

    void forEach(Track track, boolean kept, Consumer<Change> action) {
        for (int group = 0; group < track.groups().size(); group++) {
            List<List<Change>> units = track.groups().get(group);
            for (int unit = 0; unit < units.size(); unit++) {
                if (keeps(group, unit) == kept) {
                    units.get(unit).forEach(action);
                }
            }
        }
    }

    String code() {
        return whole + "." + subset.toString(16);
    }

    /// @param code as [#code()] has it
    /// @throws IllegalArgumentException where the number of groups is beyond all reason
    static Part parse(Track track, String code) {
        int dot = code.indexOf('.');
        return of(track, Integer.parseUnsignedInt(code.substring(0, dot)), new BigInteger(code.substring(dot + 1), 16));
    }
}
