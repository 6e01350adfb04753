package dev.stele.crash.lazy;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// Has every load from a memory segment tell of itself ([dev.stele.medium.sim.Loads]) before it happens: through a
/// handle, by a method of `MemorySegment`, through a buffer that is made of one, through another mapping. Checksums
/// tell of themselves as such.
///
/// A way to load that is not listed here, or to hand a segment to somebody else's code, is an error, not a load that
/// nobody notices.
final class LoadWeaver {
    private static final ClassDesc LOADS = ClassDesc.of("dev.stele.medium.sim.Loads");
    private static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");
    private static final ClassDesc HANDLE = ClassDesc.of("java.lang.invoke.VarHandle");
    private static final String SUMS = "dev/stele/format/Crc32c";
    private static final String STELE = "dev/stele/";

    /// Methods of `MemorySegment` that load nothing of the segments they are given.
    private static final Set<String> LOADLESS = Set.of("address", "allocate", "asReadOnly", "asSlice", "byteSize",
            "fill", "force", "isAccessibleBy", "isMapped", "isNative", "isReadOnly", "maxByteAlignment", "ofAddress",
            "ofArray", "ofBuffer", "reinterpret", "scope", "set", "setAtIndex", "setString", "equals", "hashCode",
            "toString");

    /// Who else may be given a segment: calls of machine code, which no simulated medium comes to, and those who hold
    /// it and do nothing with it.
    private static final Set<String> TRUSTED = Set.of("java/lang/invoke/MethodHandle", "java/util/Objects",
            "java/lang/foreign/Linker");

    private static final ClassDesc VOID = ConstantDescs.CD_void;
    private static final ClassDesc LONG = ConstantDescs.CD_long;

    /// A call that loads: which hook it needs, and which of its arguments, the receiver first.
    private record Load(String hook, MethodTypeDesc type, int... arguments) {
    }

    private static final MethodTypeDesc RANGE = MethodTypeDesc.of(VOID, SEGMENT, LONG, LONG);
    private static final MethodTypeDesc NEAR = MethodTypeDesc.of(VOID, SEGMENT, LONG);
    private static final MethodTypeDesc WHOLE = MethodTypeDesc.of(VOID, SEGMENT);
    private static final MethodTypeDesc BOTH = MethodTypeDesc.of(VOID, SEGMENT, SEGMENT);
    private static final MethodTypeDesc COPY = MethodTypeDesc.of(VOID, SEGMENT, LONG, SEGMENT, LONG, LONG);
    private static final MethodTypeDesc COMPARISON =
            MethodTypeDesc.of(VOID, SEGMENT, LONG, LONG, SEGMENT, LONG, LONG);
    private static final MethodTypeDesc BY_HANDLE = MethodTypeDesc.of(VOID, HANDLE, SEGMENT, LONG);
    private static final MethodTypeDesc MAPPED =
            MethodTypeDesc.of(VOID, ConstantDescs.CD_int, LONG, LONG);

    private static final Load ALL = new Load("of", WHOLE, 0);

    /// Loads by methods of `MemorySegment`, by name and descriptor.
    private static final Map<String, Load> METHODS = Map.of(
            "copy(Ljava/lang/foreign/MemorySegment;JLjava/lang/foreign/MemorySegment;JJ)V",
            new Load("copied", COPY, 0, 1, 2, 3, 4),
            "mismatch(Ljava/lang/foreign/MemorySegment;JJLjava/lang/foreign/MemorySegment;JJ)J",
            new Load("compared", COMPARISON, 0, 1, 2, 3, 4, 5),
            "mismatch(Ljava/lang/foreign/MemorySegment;)J", new Load("of", BOTH, 0, 1),
            "copyFrom(Ljava/lang/foreign/MemorySegment;)Ljava/lang/foreign/MemorySegment;",
            new Load("of", WHOLE, 1));

    private final ClassFile classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing(LoadWeaver.class.getClassLoader())));
    private final Predicate<String> leavesOut;

    /// @param leavesOut methods, as `package/Class.method`, in which loads are not told of
    LoadWeaver(Predicate<String> leavesOut) {
        this.leavesOut = leavesOut;
    }

    byte[] weave(byte[] original) {
        ClassModel model = classFile.parse(original);
        String owner = model.thisClass().asInternalName();
        return classFile.transformClass(model, ClassTransform.transformingMethods((builder, element) -> {
            if (element instanceof CodeModel code) {
                String method = owner + "." + code.parent().orElseThrow().methodName().stringValue();
                builder.transformCode(code, transform(method));
            } else {
                builder.with(element);
            }
        }));
    }

    private CodeTransform transform(String method) {
        boolean isLeftOut = leavesOut.test(method);
        return new CodeTransform() {
            @Override
            public void atStart(CodeBuilder builder) {
                if (!isLeftOut && (method.equals(SUMS + ".of") || method.equals(SUMS + ".ofSummed"))) {
                    builder.aload(0).lload(1).lload(3).invokestatic(LOADS, "summed", RANGE);
                }
            }

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                if (element instanceof InvokeInstruction call && !isLeftOut && !method.startsWith(SUMS)) {
                    Load load = loadOf(call, method);
                    if (load != null) {
                        tell(builder, call, load);
                    }
                } else if (element instanceof InvokeDynamicInstruction dynamic && !isLeftOut) {
                    require(dynamic, method);
                }
                builder.with(element);
            }
        };
    }

    /// @return null where nothing is loaded
    private static Load loadOf(InvokeInstruction call, String method) {
        String owner = call.owner().asInternalName();
        String name = call.name().stringValue();
        MethodTypeDesc type = call.typeSymbol();
        if (owner.equals("java/lang/invoke/VarHandle")) {
            return byHandle(name, type, method);
        }
        if (owner.equals("java/lang/foreign/MemorySegment")) {
            return ofSegment(name, type, method);
        }
        if (owner.equals("dev/stele/cpu/Native") && name.equals("map")) {
            return new Load("mapped", MAPPED, 4, 5, 1);
        }
        if (!owner.startsWith(STELE) && !TRUSTED.contains(owner) && type.parameterList().contains(SEGMENT)) {
            throw unknown(owner + "." + name + type.descriptorString(), method);
        }
        return null;
    }

    private static Load byHandle(String name, MethodTypeDesc type, String method) {
        if (type.parameterCount() == 0 || !type.parameterType(0).equals(SEGMENT) || name.startsWith("set")) {
            return null;
        }
        boolean isKnown = name.startsWith("get") || name.startsWith("compareAnd") || name.startsWith("weakCompareAnd");
        if (!isKnown || type.parameterCount() < 2 || !type.parameterType(1).equals(LONG)
                || type.parameterCount() > 2 && name.equals("get")) {
            throw unknown("VarHandle." + name + type.descriptorString(), method);
        }
        return new Load("of", BY_HANDLE, 0, 1, 2);
    }

    private static Load ofSegment(String name, MethodTypeDesc type, String method) {
        Load known = METHODS.get(name + type.descriptorString());
        if (known != null) {
            return known;
        }
        if (LOADLESS.contains(name)) {
            return null;
        }
        return switch (name) {
            // From an array: nothing of a segment is loaded.
            case "copy" -> type.parameterType(0).equals(SEGMENT) ? ALL : null;
            case "get" -> new Load("near", NEAR, 0, 2);
            case "getAtIndex", "getString", "asByteBuffer", "toArray", "elements", "spliterator" -> ALL;
            default -> throw unknown("MemorySegment." + name + type.descriptorString(), method);
        };
    }

    /// A method reference may not be a load.
    private static void require(InvokeDynamicInstruction dynamic, String method) {
        for (ConstantDesc each : dynamic.bootstrapArgs()) {
            if (each instanceof DirectMethodHandleDesc reference && (reference.owner().equals(HANDLE)
                    || reference.owner().equals(SEGMENT) && !LOADLESS.contains(reference.methodName()))) {
                throw unknown(reference.owner().displayName() + "::" + reference.methodName(), method);
            }
        }
    }

    private static LinkageError unknown(String call, String method) {
        return new LinkageError("nobody knows what " + call + " in " + method + " loads");
    }

    /// Takes the arguments from the stack, tells of the load, puts them back.
    private static void tell(CodeBuilder builder, InvokeInstruction call, Load load) {
        List<ClassDesc> types = new ArrayList<>(call.typeSymbol().parameterList());
        if (call.opcode() != java.lang.classfile.Opcode.INVOKESTATIC) {
            types.addFirst(call.owner().asSymbol());
        }
        int[] slots = new int[types.size()];
        for (int i = slots.length - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(types.get(i));
            slots[i] = builder.allocateLocal(kind);
            builder.storeLocal(kind, slots[i]);
        }
        for (int argument : load.arguments) {
            builder.loadLocal(TypeKind.from(types.get(argument)), slots[argument]);
        }
        builder.invokestatic(LOADS, load.hook, load.type);
        for (int i = 0; i < slots.length; i++) {
            builder.loadLocal(TypeKind.from(types.get(i)), slots[i]);
        }
    }
}
