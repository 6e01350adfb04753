package dev.stele.space;

import java.util.concurrent.atomic.AtomicReferenceArray;

/// The groups somebody asked for, by number. Two levels, so that a volume of a petabyte costs what is used of it.
final class GroupTable {
    private static final int PAGE_SHIFT = 10;
    private static final int PAGE_GROUPS = 1 << PAGE_SHIFT;

    private volatile AtomicReferenceArray<AtomicReferenceArray<Group>> pages;

    GroupTable(long groupCount) {
        pages = new AtomicReferenceArray<>(pageCount(groupCount));
    }

    /// The group, made now where nobody asked for it before.
    Group get(long number) {
        Group group = getIfKnown(number);
        return group != null ? group : make(number);
    }

    /// The group, or null where nobody asked for it yet.
    Group getIfKnown(long number) {
        AtomicReferenceArray<Group> page = pages.get((int) (number >>> PAGE_SHIFT));
        return page == null ? null : page.get((int) number & PAGE_GROUPS - 1);
    }

    synchronized void grow(long groupCount) {
        AtomicReferenceArray<AtomicReferenceArray<Group>> larger = new AtomicReferenceArray<>(pageCount(groupCount));
        for (int i = 0; i < pages.length(); i++) {
            larger.set(i, pages.get(i));
        }
        pages = larger;
    }

    private synchronized Group make(long number) {
        int pageIndex = (int) (number >>> PAGE_SHIFT);
        AtomicReferenceArray<Group> page = pages.get(pageIndex);
        if (page == null) {
            page = new AtomicReferenceArray<>(PAGE_GROUPS);
            pages.set(pageIndex, page);
        }
        int index = (int) number & PAGE_GROUPS - 1;
        Group group = page.get(index);
        if (group == null) {
            group = new Group(number);
            page.set(index, group);
        }
        return group;
    }

    private static int pageCount(long groupCount) {
        return (int) (groupCount + PAGE_GROUPS - 1 >>> PAGE_SHIFT);
    }
}
