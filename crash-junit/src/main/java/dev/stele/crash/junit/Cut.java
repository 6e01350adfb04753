package dev.stele.crash.junit;

import dev.stele.crash.junit.Moment.Undurable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// One moment, and one choice of what is left there. A choice is made again and again; [#copy] keeps one.
final class Cut {
    private static final long MANY = Long.MAX_VALUE;
    /// [Track#id()] and [Part#code()].
    private static final Pattern LOSS = Pattern.compile("(e|[ow][0-9a-f]+)\\.[0-9]+\\.[0-9a-f]+");

    final Moment moment;
    final List<Track> tracks;
    private final Part[] parts;

    Cut(Moment moment, Model model) {
        this(moment, Track.of(moment, model));
    }

    private Cut(Moment moment, List<Track> tracks) {
        this.moment = moment;
        this.tracks = tracks;
        this.parts = new Part[tracks.size()];
        loseAll();
    }

    Cut copy() {
        Cut copy = new Cut(moment, tracks);
        System.arraycopy(parts, 0, copy.parts, 0, parts.length);
        return copy;
    }

    Part part(int track) {
        return parts[track];
    }

    void set(int track, Part part) {
        parts[track] = part;
    }

    boolean isTorn(int track) {
        return !parts[track].isAll(tracks.get(track));
    }

    /// Numbers of the lines that something may be lost of, ascending; one, -1, where lines know an order.
    int[] lines() {
        return tracks.stream().mapToInt(Track::line).distinct().toArray();
    }

    /// Of how many words each may be lost or left whatever is of the others.
    int freeUnitCount() {
        return tracks.stream().filter(track -> track.groups().size() == 1).mapToInt(Track::unitCount).sum();
    }

    long choiceCount() {
        long product = 1;
        for (Track each : tracks) {
            long count = each.choiceCount();
            if (count == MANY || Math.multiplyHigh(product, count) != 0 || product * count < 0) {
                return MANY;
            }
            product *= count;
        }
        return product;
    }

    /// The choice of this number, 0 for all lost.
    void choose(long number) {
        for (int i = 0; i < parts.length; i++) {
            long count = tracks.get(i).choiceCount();
            parts[i] = Part.numbered(tracks.get(i), number % count);
            number /= count;
        }
    }

    void loseAll() {
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Part.NOTHING;
        }
    }

    void keepAll() {
        for (int i = 0; i < parts.length; i++) {
            keep(i);
        }
    }

    void keep(int track) {
        parts[track] = Part.all(tracks.get(track));
    }

    /// Keeps a line as it was last seen, or loses all that was stored to it.
    void setLine(int line, boolean isKept) {
        for (int i = 0; i < parts.length; i++) {
            if (tracks.get(i).line() == line) {
                parts[i] = isKept ? Part.all(tracks.get(i)) : Part.NOTHING;
            }
        }
    }

    void chooseAtRandom(RandomGenerator random) {
        for (int i = 0; i < parts.length; i++) {
            parts[i] = Part.atRandom(tracks.get(i), random);
        }
    }

    /// What the lines that are not durable hold.
    Map<Integer, long[]> content() {
        List<Change> kept = new ArrayList<>();
        forEach(true, kept::add);
        kept.sort(Comparator.comparingLong(Change::sequence));
        Map<Integer, long[]> content = new HashMap<>();
        for (Undurable each : moment.lines()) {
            content.put(each.line(), each.durable().clone());
        }
        for (Change each : kept) {
            long[] words = content.get(each.line());
            words[each.word()] = each.applyTo(words[each.word()]);
        }
        return content;
    }

    /// What is lost, in the order in which it was stored.
    List<Change> lost() {
        return changes(false);
    }

    /// What is left although nothing made it durable, in the order in which it was stored.
    List<Change> left() {
        return changes(true);
    }

    private List<Change> changes(boolean kept) {
        List<Change> found = new ArrayList<>();
        forEach(kept, found::add);
        found.sort(Comparator.comparingLong(Change::sequence));
        return found;
    }

    private void forEach(boolean kept, Consumer<Change> action) {
        for (int i = 0; i < parts.length; i++) {
            parts[i].forEach(tracks.get(i), kept, action);
        }
    }

    /// The moment and what is not left whole, as text.
    String code() {
        StringJoiner code = new StringJoiner(",", moment.number() + ":", "");
        for (int i = 0; i < parts.length; i++) {
            if (isTorn(i)) {
                code.add(tracks.get(i).id() + "." + parts[i].code());
            }
        }
        return code.toString();
    }

    /// Makes the choice that a text tells, as far as the same can be lost here.
    ///
    /// @param losses of a [#code()], what follows the colon
    /// @throws IllegalArgumentException where it is no such text
    void choose(String losses) {
        keepAll();
        for (String each : losses.isEmpty() ? new String[0] : losses.split(",")) {
            if (!LOSS.matcher(each).matches()) {
                throw new IllegalArgumentException(each);
            }
            int dot = each.indexOf('.');
            for (int i = 0; i < parts.length; i++) {
                // In a program that was mended since, no cut here may lose the line.
                if (tracks.get(i).id().equals(each.substring(0, dot))) {
                    parts[i] = Part.parse(tracks.get(i), each.substring(dot + 1));
                }
            }
        }
    }
}
