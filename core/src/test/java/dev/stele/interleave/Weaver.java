package dev.stele.interleave;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/// Puts [Steps] into classes of Stele as they are loaded, so that the program that is explored is the one that ships:
///
/// | in the class | becomes |
/// |---|---|
/// | a call of a lock or a condition of java.util.concurrent | a step that does it |
/// | a verb of `View`, `Medium.drain` | begins with a step |
/// | a store to a field of a mark node | a step and the store |
/// | a load of such | touches it |
/// | an access to a volatile field, an atomic, an array by VarHandle | a step and the access |
/// | spinning, yielding, parking for a moment | waiting for a change of what was read |
///
/// A [Seed] may change it before, to put in a bug.
final class Weaver {
    private static final ClassDesc STEPS = Steps.class.describeConstable().orElseThrow();
    private static final ClassDesc OBJECT = ConstantDescs.CD_Object;
    private static final ClassDesc STRING = ConstantDescs.CD_String;
    private static final ClassDesc LOCK = ClassDesc.of("java.util.concurrent.locks.Lock");
    private static final MethodTypeDesc TOUCH = MethodTypeDesc.of(ConstantDescs.CD_void, OBJECT, STRING);
    private static final MethodTypeDesc VERB = MethodTypeDesc.of(
            ConstantDescs.CD_void, STRING, ConstantDescs.CD_long, ConstantDescs.CD_long);
    private static final String LOCKS = "java/util/concurrent/locks/";
    private static final Set<String> LOCK_TYPES = Set.of(LOCKS + "Lock", LOCKS + "ReentrantLock",
            LOCKS + "Condition", LOCKS + "StampedLock");
    /// Methods of locks that neither wait nor change anything.
    private static final Set<String> HARMLESS = Set.of("isHeldByCurrentThread", "isLocked", "isWriteLocked");
    private static final Set<String> MARK_TYPES = Set.of("dev/stele/dirty/MarkNode",
            "dev/stele/dirty/Leaf", "dev/stele/dirty/Branch", "dev/stele/dirty/Inner");
    /// Counts the operations inside, and never looks at what it has counted, but to shut.
    private static final String COUNTER = "Gate.";
    /// Statistics: each thread has its own, and nothing is decided by them.
    private static final String STATISTICS = "dev/stele/medium/PersistenceCounters";
    private static final String VIEW = "dev/stele/medium/View";
    private static final String MEDIUM = "dev/stele/medium/Medium";

    private final Function<String, byte[]> classes;
    private final Seed seed;
    private final ClassFile classFile;
    /// volatile fields of each class looked at so far
    private final Map<String, Set<String>> volatiles = new HashMap<>();

    /// @param classes bytes of a class by internal name, null where there is none
    Weaver(Function<String, byte[]> classes, Seed seed) {
        this.classes = classes;
        this.seed = seed;
        this.classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(Weaver.class.getClassLoader())));
    }

    byte[] weave(byte[] original) {
        ClassModel model = classFile.parse(original);
        String name = model.thisClass().asInternalName();
        if (name.startsWith(STATISTICS)) {
            return original;
        }
        return classFile.transformClass(model, ClassTransform.transformingMethods((builder, element) -> {
            if (element instanceof CodeModel code) {
                MethodModel method = code.parent().orElseThrow();
                builder.transformCode(code, transform(name, method.methodName().stringValue(),
                        method.methodTypeSymbol()));
            } else {
                builder.with(element);
            }
        }));
    }

    private CodeTransform transform(String owner, String method, MethodTypeDesc type) {
        String where = owner.substring(owner.lastIndexOf('/') + 1) + "." + method;
        CodeTransform steps = new CodeTransform() {
            @Override
            public void atStart(CodeBuilder builder) {
                enter(builder, owner, method, type);
            }

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                switch (element) {
                    case InvokeInstruction call -> call(builder, call, where);
                    case FieldInstruction field -> field(builder, field);
                    default -> builder.with(element);
                }
            }
        };
        CodeTransform bug = seed.transform(owner, method);
        return bug == null ? steps : bug.andThen(steps);
    }

    private static void enter(CodeBuilder builder, String owner, String method, MethodTypeDesc type) {
        if (owner.equals(MEDIUM) && method.equals("drain")) {
            builder.invokestatic(STEPS, "drain", MethodTypeDesc.of(ConstantDescs.CD_void));
        } else if (owner.equals(VIEW) && !type.parameterList().isEmpty()
                && type.parameterType(0).equals(ConstantDescs.CD_long)) {
            switch (method) {
                case "putInt" -> verb(builder, method, b -> b.loadConstant(4L));
                case "putLong", "setBits", "clearBits" -> verb(builder, method, b -> b.loadConstant(8L));
                case "put", "stream" -> verb(builder, method, b -> b.lload(6));
                case "putZeros", "streamZeros", "flush" -> verb(builder, method, b -> b.lload(3));
                default -> { }
            }
        }
    }

    private static void verb(CodeBuilder builder, String name, Consumer<CodeBuilder> byteCount) {
        builder.loadConstant(name).lload(1);
        byteCount.accept(builder);
        builder.invokestatic(STEPS, "verb", VERB);
    }

    private void call(CodeBuilder builder, InvokeInstruction call, String where) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        if (call.opcode() == Opcode.INVOKESPECIAL) {
            builder.with(call);
        } else if (isWait(owner, name)) {
            builder.invokestatic(STEPS, "spin", call.typeSymbol());
        } else if (call.opcode() == Opcode.INVOKESTATIC) {
            builder.with(call);
        } else if (LOCK_TYPES.contains(owner) && !HARMLESS.contains(name)) {
            replaceLock(builder, call, where);
        } else if (owner.startsWith("java/util/concurrent/atomic/")) {
            touchBeforeCall(builder, call, owner.endsWith("FieldUpdater") ? 0 : -1, where);
        } else if (owner.equals("java/lang/invoke/VarHandle") && !call.typeSymbol().parameterList().isEmpty()
                && isShared(call.typeSymbol().parameterType(0))) {
            touchBeforeCall(builder, call, 0, where);
        } else {
            builder.with(call);
        }
    }

    private static boolean isWait(String owner, String name) {
        return owner.equals("java/lang/Thread") && (name.equals("onSpinWait") || name.equals("yield"))
                || owner.equals(LOCKS + "LockSupport") && name.equals("parkNanos");
    }

    /// By VarHandle: elements of arrays and fields of objects; memory is seen by the verbs.
    private static boolean isShared(ClassDesc type) {
        return !type.isPrimitive() && !type.descriptorString().equals("Ljava/lang/foreign/MemorySegment;");
    }

    /// The receiver becomes the first argument, and where it is the last.
    private static void replaceLock(CodeBuilder builder, InvokeInstruction call, String where) {
        ClassDesc receiver = call.owner().asSymbol();
        String simple = receiver.displayName();
        ClassDesc declared = simple.equals("ReentrantLock") ? LOCK : receiver;
        MethodTypeDesc type = call.typeSymbol();
        MethodTypeDesc replaced = type.insertParameterTypes(0, declared)
                .insertParameterTypes(type.parameterCount() + 1, STRING);
        builder.loadConstant(where).invokestatic(STEPS, call.name().stringValue(), replaced);
    }

    /// @param argument which argument is shared, -1 for the receiver
    private static void touchBeforeCall(CodeBuilder builder, InvokeInstruction call, int argument, String where) {
        MethodTypeDesc type = call.typeSymbol();
        int[] slots = new int[type.parameterCount()];
        for (int i = slots.length - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(type.parameterType(i));
            slots[i] = builder.allocateLocal(kind);
            builder.storeLocal(kind, slots[i]);
        }
        if (argument < 0) {
            builder.dup();
        } else {
            builder.loadLocal(TypeKind.REFERENCE, slots[argument]);
        }
        String verb = call.name().stringValue();
        boolean reads = verb.startsWith("get") && !verb.contains("And") || verb.equals("length");
        boolean counts = where.startsWith(COUNTER)
                && (verb.equals("getAndIncrement") || verb.equals("getAndDecrement"));
        builder.loadConstant("value").invokestatic(STEPS, reads ? "read" : counts ? "count" : "write", TOUCH);
        for (int i = 0; i < slots.length; i++) {
            builder.loadLocal(TypeKind.from(type.parameterType(i)), slots[i]);
        }
        builder.with(call);
    }

    private void field(CodeBuilder builder, FieldInstruction field) {
        String owner = field.owner().asInternalName();
        String name = field.name().stringValue();
        boolean isMark = MARK_TYPES.contains(owner) && !isFinalOf(owner, name);
        if (!isMark && !volatilesOf(owner).contains(name)) {
            builder.with(field);
            return;
        }
        if (field.opcode() == Opcode.GETFIELD) {
            builder.dup().loadConstant(name).invokestatic(STEPS, isMark ? "look" : "read", TOUCH);
        } else if (field.opcode() == Opcode.PUTFIELD) {
            TypeKind kind = TypeKind.from(field.typeSymbol());
            int slot = builder.allocateLocal(kind);
            builder.storeLocal(kind, slot);
            builder.dup().loadConstant(name).invokestatic(STEPS, isMark ? "mark" : "write", TOUCH);
            builder.loadLocal(kind, slot);
        }
        builder.with(field);
    }

    private boolean isFinalOf(String owner, String name) {
        byte[] bytes = classes.apply(owner);
        return bytes == null || classFile.parse(bytes).fields().stream().anyMatch(
                each -> each.fieldName().equalsString(name) && each.flags().has(AccessFlag.FINAL));
    }

    private Set<String> volatilesOf(String owner) {
        return volatiles.computeIfAbsent(owner, this::findVolatiles);
    }

    private Set<String> findVolatiles(String owner) {
        Set<String> found = new HashSet<>();
        byte[] bytes = owner.startsWith("dev/stele/") ? classes.apply(owner) : null;
        List<FieldModel> fields = bytes == null ? List.of() : classFile.parse(bytes).fields();
        for (FieldModel each : fields) {
            if (each.flags().has(AccessFlag.VOLATILE)) {
                found.add(each.fieldName().stringValue());
            }
        }
        return found;
    }
}
