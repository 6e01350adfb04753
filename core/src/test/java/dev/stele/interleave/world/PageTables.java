package dev.stele.interleave.world;

import dev.stele.interleave.Steps;

/// A simulated memory management unit: for every mapping of a file and every page of it, whether a store goes through
/// or faults first. What the hardware and the kernel do at one stroke is one step here.
///
/// As with userfaultfd's asynchronous write-protection, a page counts as *written* when it is no longer protected: the
/// fault that lifts the protection is the record of the store.
final class PageTables {
    private final boolean[][] writable;

    /// Nothing is written yet.
    PageTables(int mappings, int pages) {
        writable = new boolean[mappings][pages];
    }

    int mappings() {
        return writable.length;
    }

    /// Takes a store once the page is writable.
    interface Fault {
        /// Makes the page writable, sooner or later.
        void resolve(int mapping, int page);
    }

    /// One store instruction: it faults for as long as the page is protected, and is then done at one stroke.
    void store(int mapping, int page, Fault fault, Runnable store) {
        while (true) {
            Steps.step("store to page " + page + " of mapping " + mapping, entry(mapping, page), false);
            if (writable[mapping][page]) {
                store.run();
                return;
            }
            fault.resolve(mapping, page);
        }
    }

    void allow(int mapping, int page) {
        Steps.step("page " + page + " of mapping " + mapping + " becomes writable", entry(mapping, page), true);
        writable[mapping][page] = true;
    }

    /// Asks and protects at one stroke, as PAGEMAP_SCAN does page by page.
    ///
    /// @return whether it was written
    boolean protect(int mapping, int page) {
        Steps.step("protect page " + page + " of mapping " + mapping, entry(mapping, page), true);
        boolean was = writable[mapping][page];
        writable[mapping][page] = false;
        return was;
    }

    /// Asks only.
    boolean ask(int mapping, int page) {
        Steps.step("ask for page " + page + " of mapping " + mapping, entry(mapping, page), false);
        return writable[mapping][page];
    }

    boolean isWritable(int page) {
        boolean any = false;
        for (boolean[] each : writable) {
            any |= each[page];
        }
        return any;
    }

    private static String entry(int mapping, int page) {
        return "entry of page " + page + " in mapping " + mapping;
    }
}
