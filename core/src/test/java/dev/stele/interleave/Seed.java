package dev.stele.interleave;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;

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
                    && field.name().equalsString("locked")) {
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
    };

    private static final String DIRTY = "dev/stele/dirty/";

    /// Places changed so far.
    int hits;

    /// @param owner internal name of the class
    /// @return what to do to the method's code; null for nothing
    abstract CodeTransform transform(String owner, String method);

    void requireHits() {
        if (this != NONE && hits == 0) {
            throw new IllegalStateException(this + " found nothing to change: the code looks different now");
        }
    }
}
