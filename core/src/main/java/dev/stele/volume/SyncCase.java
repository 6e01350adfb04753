package dev.stele.volume;

/// A situation in which a sync is asked for, to compare what it costs by the way it finds what to flush.
public enum SyncCase {
    ONE_PAGE("one-page-of-1GiB",
            "One page of a large mapped file was stored to: the file's index knows which.") {
        @Override
        void run(SyncWork work) {
            work.storePage(0);
            work.sync();
        }
    },
    NOTHING_NEW("nothing-new",
            "Nothing was stored since the last sync: who does not know what is clean flushes it again.") {
        @Override
        void prepare(SyncWork work) {
            work.storePage(0);
            work.sync();
        }

        @Override
        void run(SyncWork work) {
            work.sync();
        }
    },
    OTHER_FILE_DIRTY("other-file-dirty",
            "One page of this file and all of another are dirty: a list for the whole medium makes this file pay.") {
        @Override
        void prepare(SyncWork work) {
            work.dirtyOtherFile();
        }

        @Override
        void run(SyncWork work) {
            work.storePage(0);
            work.sync();
        }
    },
    GROWING("growing",
            "A page more is dirtied before each sync, this is the 64th: a list that is never cleaned has all 64.") {
        @Override
        void prepare(SyncWork work) {
            for (long page = 0; page < SyncWork.PAGES_SPREAD - 1; page++) {
                work.storePage(page);
                work.syncQuietly();
            }
        }

        @Override
        void run(SyncWork work) {
            work.storePage(SyncWork.PAGES_SPREAD - 1);
            work.sync();
        }
    },
    MSYNC_ONE_PAGE("msync-one-page",
            "1,000 pages of the file are dirty, and one is asked for: an index knows the range, a list does not.") {
        @Override
        void prepare(SyncWork work) {
            work.storeWords();
        }

        @Override
        void run(SyncWork work) {
            work.storePage(0);
            work.syncPage(0);
        }
    },
    SMALL_RANDOM_WRITES("small-random-writes",
            "1,000 writes of 64 bytes all over the file, then a sync: written lines are known one by one. Flushing "
                    + "each write at once costs no more lines, but a drain each.") {
        @Override
        boolean isMapped() {
            return false;
        }

        @Override
        void run(SyncWork work) {
            work.writeLines();
            work.sync();
        }
    },
    SMALL_RANDOM_STORES("small-random-stores",
            "1,000 stores of 8 bytes through the mapping, each to another page, then a sync: the MMU tells pages, not "
                    + "lines, so a page is flushed for a word.") {
        @Override
        void run(SyncWork work) {
            work.storeWords();
            work.sync();
        }
    },
    SPARSE("sparse-64-of-1GiB",
            "64 pages, spread over the whole file, were stored to: finding them costs a look at the page table.") {
        @Override
        void run(SyncWork work) {
            work.storeSpread();
            work.sync();
        }
    };

    private final String title;
    private final String lesson;

    SyncCase(String title, String lesson) {
        this.title = title;
        this.lesson = lesson;
    }

    /// Its name in tables and files.
    public String title() {
        return title;
    }

    /// What is to be seen, in a sentence or two.
    public String lesson() {
        return lesson;
    }

    /// Whether the file is mapped.
    boolean isMapped() {
        return true;
    }

    /// What comes before the first measured run.
    void prepare(SyncWork work) {
    }

    /// What is measured: the stores and the sync. It can be repeated, and costs the same again.
    abstract void run(SyncWork work);
}
