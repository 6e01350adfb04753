package dev.stele.medium.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// The stores to one line since its content was last known to be durable, oldest first.
final class LineHistory {
    /// The line's number: its offset divided by 64.
    final int line;
    private List<Store> stores = new ArrayList<>(4);
    /// Bit w: some store here is to word w.
    private int words;
    /// What a thread had sent when it flushed the line last: ends with that thread's drain. Null where nobody flushed.
    private Pending flushedIn;
    /// Stores before this sequence number went with that flush.
    private long flushedTo;

    LineHistory(int line) {
        this.line = line;
    }

    boolean isEmpty() {
        return stores.isEmpty();
    }

    /// All stores here, in program order.
    List<Store> stores() {
        return stores;
    }

    /// Bit w: some store here is to word w.
    int words() {
        return words;
    }

    boolean holdsOrdered(int word) {
        for (Store each : stores) {
            if (each.word() == word && each.isOrdered()) {
                return true;
            }
        }
        return false;
    }

    /// A bit for each loose store to a word, as [#choose] wants it.
    long looseTo(int word) {
        long subset = 0;
        int loose = 0;
        for (Store each : stores) {
            if (!each.isOrdered()) {
                subset |= each.word() == word ? 1L << loose : 0;
                loose++;
            }
        }
        return subset;
    }

    /// What a word held in the cache when a verb had ended.
    ///
    /// @param durable what it holds where nothing is left
    long valueBehind(int word, long verb, long durable) {
        long value = durable;
        for (Store each : stores) {
            if (each.word() == word && each.verb() <= verb) {
                value = each.applyTo(value);
            }
        }
        return value;
    }

    boolean holds(int word) {
        return (words >>> word & 1) != 0;
    }

    /// Where on the medium the words stand that some store here is to, ascending.
    LongStream wordOffsets() {
        return IntStream.range(0, Lines.LINE_WORDS).filter(this::holds)
                .mapToLong(word -> ((long) line << Lines.LINE_SHIFT) + word * 8L);
    }

    void add(Store store) {
        stores.add(store);
        words |= 1 << store.word();
    }

    int orderedCount() {
        int count = 0;
        for (Store each : stores) {
            count += each.isOrdered() ? 1 : 0;
        }
        return count;
    }

    int looseCount() {
        return stores.size() - orderedCount();
    }

    /// Whether some store here was neither flushed, by a flush that took along stores before `flushedTo`, nor streamed.
    boolean hasUnflushed(long flushedTo, boolean isStreamed) {
        for (Store each : stores) {
            boolean isSent = each.owner() > 0 ? isStreamed : each.sequence() < flushedTo;
            if (!isSent) {
                return true;
            }
        }
        return false;
    }

    /// A thread flushes the line.
    ///
    /// @param sent what it has sent since its last drain
    /// @param sequence stores before it go with the flush
    /// @param thread its id, as owner of what it streamed
    /// @return what the flush, or the one before it, was wasted for; null where it was not
    FlushWaste flushed(Pending sent, long sequence, long thread) {
        FlushWaste waste = null;
        if (!holdsForFlush(thread)) {
            waste = FlushWaste.REPEATED;
        } else if (flushedIn == sent) {
            waste = stores.getLast().sequence() < flushedTo ? FlushWaste.REPEATED : FlushWaste.SPLIT;
        }
        flushedIn = sent;
        flushedTo = sequence;
        return waste;
    }

    /// Whether anything here is not already on its way because the thread streamed it.
    private boolean holdsForFlush(long thread) {
        for (Store each : stores) {
            if (each.owner() != thread) {
                return true;
            }
        }
        return false;
    }

    /// Number of ordered stores before a sequence number.
    int orderedBefore(long sequence) {
        int count = 0;
        for (Store each : stores) {
            count += each.isOrdered() && each.sequence() < sequence ? 1 : 0;
        }
        return count;
    }

    /// A bit for each loose store before a sequence number, as [#choose] wants it.
    long looseBefore(long sequence) {
        long subset = 0;
        int loose = 0;
        for (Store each : stores) {
            if (!each.isOrdered()) {
                subset |= each.sequence() < sequence ? 1L << loose : 0;
                loose++;
            }
        }
        return subset;
    }

    /// Adds the sequence number behind each store.
    void addMoments(List<Long> moments) {
        for (Store each : stores) {
            moments.add(each.sequence() + 1);
        }
    }

    /// Applies the first `prefix` ordered stores and those loose ones whose bit is in `subset` (number modulo 64).
    ///
    /// @param content the durable words of the line; becomes what a cut leaves
    void choose(int prefix, long subset, long[] content) {
        int ordered = 0;
        int loose = 0;
        for (Store each : stores) {
            boolean kept = each.isOrdered() ? ordered++ < prefix : (subset >>> loose++ & 1) != 0;
            if (kept) {
                content[each.word()] = each.applyTo(content[each.word()]);
            }
        }
    }

    /// Makes durable what a thread flushed up to `sequence` (exclusive), or everything it streamed.
    ///
    /// @param content the durable words of the line, changed in place
    void persist(long thread, long sequence, boolean streamed, long[] content) {
        List<Store> left = new ArrayList<>(stores.size());
        for (Store each : stores) {
            boolean arrives = streamed ? each.owner() == thread : each.owner() <= 0 && each.sequence() < sequence;
            if (arrives) {
                content[each.word()] = each.applyTo(content[each.word()]);
                supersede(left, each);
            } else {
                left.add(each);
            }
        }
        stores = left;
        words = 0;
        for (Store each : left) {
            words |= 1 << each.word();
        }
    }

    /// What was stored earlier to the bits of a durable store can no more come to light.
    private static void supersede(List<Store> earlier, Store durable) {
        for (int i = earlier.size() - 1; i >= 0; i--) {
            Store each = earlier.get(i);
            if (each.word() == durable.word() && (each.mask() & durable.mask()) != 0) {
                Store rest = each.without(durable.mask());
                if (rest.mask() == 0) {
                    earlier.remove(i);
                } else {
                    earlier.set(i, rest);
                }
            }
        }
    }
}
