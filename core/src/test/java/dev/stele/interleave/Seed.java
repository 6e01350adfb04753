package dev.stele.interleave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.Locale;

/// A bug put into Stele as it is loaded, to show that the exploration would find it. All else stays as it is.
enum Seed {
    /// The program as it is.
    NONE {
        @Override
        CodeTransform transform(String owner, String method) {
            return null;
        }
    },
    /// C7: nobody sees that a page is locked, so TOWRITE is as good as cleared before the flush.
    NO_ENTRY_LOCK {
        @Override
        CodeTransform transform(String owner, String method) {
            return owner.startsWith(DIRTY) ? this::hideLocks : null;
        }

        private void hideLocks(CodeBuilder builder, CodeElement element) {
            if (element instanceof FieldInstruction field && field.opcode() == Opcode.GETFIELD
                    && field.name().stringValue().toLowerCase(Locale.ROOT).endsWith("locked")) {
                hits++;
                builder.pop().lconst_0();
            } else {
                builder.with(element);
            }
        }
    },
    /// Section 3.7: a harvest and the marking of its yield are no longer one step.
    NO_HARVEST_LOCK {
        @Override
        CodeTransform transform(String owner, String method) {
            return owner.equals(DIRTY + "DirtyIndex") ? new WithoutLock() : null;
        }

        /// Drops what is done to the lock in that field.
        private final class WithoutLock implements CodeTransform {
            private boolean isLoaded;

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                if (isLoaded && element instanceof InvokeInstruction) {
                    hits++;
                    builder.pop();
                    isLoaded = false;
                } else {
                    isLoaded |= element instanceof FieldInstruction field && field.opcode() == Opcode.GETFIELD
                            && field.name().equalsString("harvestLock");
                    builder.with(element);
                }
            }
        }
    },
    /// C3: single pages are wanted by a sync; the entry of 2 MiB that replaces them is not.
    TOWRITE_LOST_BY_UPGRADE {
        @Override
        CodeTransform transform(String owner, String method) {
            return isUpgrade(owner, method) ? (builder, element) -> drop(builder, element, "hugeToWrite") : null;
        }
    },
    /// C3: single pages are dirty; the entry of 2 MiB that replaces them is clean.
    DIRTY_LOST_BY_UPGRADE {
        @Override
        CodeTransform transform(String owner, String method) {
            return isUpgrade(owner, method) ? (builder, element) -> drop(builder, element, "hugeDirty") : null;
        }
    },
    /// P1, P2: a record is not drained before the operation returns.
    NO_DRAIN_OF_RECORDS {
        @Override
        CodeTransform transform(String owner, String method) {
            return owner.equals("dev/stele/journal/Retirement") ? this::dropDrain : null;
        }
    },
    /// P5: what a sync has flushed is not drained.
    NO_DRAIN_OF_SYNCS {
        @Override
        CodeTransform transform(String owner, String method) {
            return owner.equals("dev/stele/volume/Syncs") ? this::dropDrain : null;
        }
    };

    private static final String DIRTY = "dev/stele/dirty/";

    /// Places changed so far.
    int hits;

    /// @param owner internal name of the class
    /// @return what to do to the method's code; null for nothing
    abstract CodeTransform transform(String owner, String method);

    static boolean isUpgrade(String owner, String method) {
        return owner.equals(DIRTY + "Branch") && method.equals("markHuge");
    }

    /// Leaves a store to a field out.
    void drop(CodeBuilder builder, CodeElement element, String name) {
        if (element instanceof FieldInstruction field && field.opcode() == Opcode.PUTFIELD
                && field.name().equalsString(name)) {
            hits++;
            builder.pop2().pop();
        } else {
            builder.with(element);
        }
    }

    void dropDrain(CodeBuilder builder, CodeElement element) {
        if (element instanceof InvokeInstruction call && call.owner().asInternalName().equals("dev/stele/medium/Medium")
                && call.name().equalsString("drain")) {
            hits++;
            builder.pop();
        } else {
            builder.with(element);
        }
    }

    void requireHits() {
        if (this != NONE && hits == 0) {
            throw new IllegalStateException(this + " found nothing to change: the code looks different now");
        }
    }
}
