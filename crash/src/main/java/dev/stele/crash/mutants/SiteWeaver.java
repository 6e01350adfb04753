package dev.stele.crash.mutants;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.Label;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Puts a switch into every site: one class holds all mutants of it, and one of them is on at a time. A switch that is
/// off costs a comparison, so that a thousand mutants need the classes loaded and compiled once.
///
/// Calls that wait are switches too: by them a thread that waits in vain is stopped.
final class SiteWeaver {
    private static final ClassDesc SWITCH = ClassDesc.of("dev.stele.crash.mutants.inside.Switch");
    private static final MethodTypeDesc AT = MethodTypeDesc.of(ConstantDescs.CD_boolean, ConstantDescs.CD_int);
    private static final MethodTypeDesc DONE = MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(ConstantDescs.CD_void);
    private static final ClassDesc RECORDER = ClassDesc.of("dev.stele.crash.mutants.inside.Recorder");
    private static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");
    private static final MethodTypeDesc RANGE = MethodTypeDesc.of(ConstantDescs.CD_void, SEGMENT,
            ConstantDescs.CD_long, ConstantDescs.CD_long);
    private static final MethodTypeDesc CHANGE = MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_int,
            ConstantDescs.CD_Object.arrayType());
    private static final Set<String> WAITS = Set.of("java/lang/Thread.onSpinWait", "java/lang/Thread.yield",
            "java/util/concurrent/locks/LockSupport.parkNanos");

    /// What is noted at the last place before the processor and the operating system, by method.
    private static final Map<String, Consumer<CodeBuilder>> HOOKS = Map.of(
            "dev/stele/cpu/CacheLines.flush", range("flushed", 1, 4),
            "dev/stele/cpu/CacheLines.persist", range("flushed", 1, 4).andThen(SiteWeaver::drained),
            "dev/stele/cpu/CacheLines.copy", range("streamed", 1, 7),
            "dev/stele/cpu/CacheLines.zero", range("streamed", 1, 4),
            "dev/stele/cpu/CodeLines.drain", SiteWeaver::drained,
            "dev/stele/cpu/HeldCodeLines.drain", SiteWeaver::drained,
            "dev/stele/cpu/JdkLines.drain", SiteWeaver::drained,
            "dev/stele/cpu/Native.syncMapped", builder -> builder.lload(0).lload(2).invokestatic(RECORDER, "synced",
                    MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long, ConstantDescs.CD_long)),
            "dev/stele/medium/OwnedFile.write", builder -> builder.aload(1).lload(2).invokestatic(RECORDER, "written",
                    MethodTypeDesc.of(ConstantDescs.CD_void, SEGMENT, ConstantDescs.CD_long)),
            "dev/stele/medium/OwnedFile.sync", builder -> builder.invokestatic(RECORDER, "syncedFile", NOTHING));

    /// The same for those that take the life of the segment first.
    private static final Map<String, Consumer<CodeBuilder>> HELD = Map.of(
            "dev/stele/cpu/CacheLines.flush", range("flushed", 2, 5),
            "dev/stele/cpu/CacheLines.persist", range("flushed", 2, 5).andThen(SiteWeaver::drained),
            "dev/stele/cpu/CacheLines.copy", range("streamed", 2, 8),
            "dev/stele/cpu/CacheLines.zero", range("streamed", 2, 5));

    private final Sites sites;
    private final ClassFile classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
            ClassHierarchyResolver.ofResourceParsing(SiteWeaver.class.getClassLoader())));

    SiteWeaver(Sites sites) {
        this.sites = sites;
    }

    byte[] weave(byte[] original) {
        ClassModel model = classFile.parse(original);
        return classFile.transformClass(model, ClassTransform.transformingMethods((builder, element) -> {
            if (element instanceof CodeModel code) {
                MethodModel method = code.parent().orElseThrow();
                Map<Integer, Site> here = sites.of(model.thisClass().asInternalName(), method).stream()
                        .collect(Collectors.toMap(Site::place, Function.identity()));
                String place = model.thisClass().asInternalName() + "." + method.methodName().stringValue();
                builder.transformCode(code, transform(here, isPlain(method) ? HOOKS.get(place) : HELD.get(place)));
            } else {
                builder.with(element);
            }
        }));
    }

    private CodeTransform transform(Map<Integer, Site> here, Consumer<CodeBuilder> hook) {
        return new CodeTransform() {
            private int place;

            @Override
            public void atStart(CodeBuilder builder) {
                if (hook != null) {
                    hook.accept(builder);
                }
            }

            @Override
            public void accept(CodeBuilder builder, CodeElement element) {
                switch (element) {
                    case InvokeInstruction call -> call(builder, call, here.get(place++));
                    case FieldInstruction field -> field(builder, field, here.get(place++));
                    default -> builder.with(element);
                }
            }
        };
    }

    /// @param site null where there is none
    private static void call(CodeBuilder builder, InvokeInstruction call, Site site) {
        if (site != null) {
            weave(builder, call, site);
            return;
        }
        if (WAITS.contains(call.owner().asInternalName() + "." + call.name().stringValue())) {
            builder.invokestatic(SWITCH, "pause", NOTHING);
        }
        builder.with(call);
    }

    /// A store is left out, a load gives nothing.
    private static void field(CodeBuilder builder, FieldInstruction field, Site site) {
        if (site == null) {
            builder.with(field);
            return;
        }
        Label changed = builder.newLabel();
        Label end = builder.newLabel();
        TypeKind kind = TypeKind.from(field.typeSymbol());
        builder.loadConstant(site.number()).invokestatic(SWITCH, "at", AT).ifne(changed).with(field).goto_(end)
                .labelBinding(changed);
        if (field.opcode() == Opcode.PUTFIELD) {
            (kind.slotSize() == 2 ? builder.pop2() : builder.pop()).pop();
        } else {
            builder.pop();
            switch (kind) {
                case LONG -> builder.lconst_0();
                case REFERENCE -> builder.aconst_null();
                default -> builder.iconst_0();
            }
        }
        builder.labelBinding(end);
    }

    private static void weave(CodeBuilder builder, InvokeInstruction call, Site site) {
        List<ClassDesc> types = new ArrayList<>(call.typeSymbol().parameterList());
        if (!site.isStatic()) {
            types.addFirst(call.owner().asSymbol());
        }
        int[] slots = new int[types.size()];
        for (int i = slots.length - 1; i >= 0; i--) {
            TypeKind kind = TypeKind.from(types.get(i));
            slots[i] = builder.allocateLocal(kind);
            builder.storeLocal(kind, slots[i]);
        }
        Label changed = builder.newLabel();
        Label end = builder.newLabel();
        builder.loadConstant(site.number()).invokestatic(SWITCH, "at", AT).ifne(changed);
        for (int i = 0; i < slots.length; i++) {
            builder.loadLocal(TypeKind.from(types.get(i)), slots[i]);
        }
        builder.with(call).loadConstant(site.number()).invokestatic(SWITCH, "done", DONE).goto_(end);
        builder.labelBinding(changed);
        builder.loadConstant(site.number());
        boxAll(builder, types, slots);
        builder.invokestatic(SWITCH, "change", CHANGE);
        unbox(builder, call.typeSymbol().returnType());
        builder.labelBinding(end);
    }

    private static boolean isPlain(MethodModel method) {
        List<ClassDesc> types = method.methodTypeSymbol().parameterList();
        return types.isEmpty() || types.getFirst().isPrimitive() || types.getFirst().equals(SEGMENT);
    }

    /// @param segment slot of the segment, behind which where the range begins
    /// @param count slot of the range's length
    private static Consumer<CodeBuilder> range(String name, int segment, int count) {
        return builder -> builder.aload(segment).lload(segment + 1).lload(count)
                .invokestatic(RECORDER, name, RANGE);
    }

    private static void drained(CodeBuilder builder) {
        builder.invokestatic(RECORDER, "drained", NOTHING);
    }

    private static void boxAll(CodeBuilder builder, List<ClassDesc> types, int[] slots) {
        builder.loadConstant(slots.length).anewarray(ConstantDescs.CD_Object);
        for (int i = 0; i < slots.length; i++) {
            TypeKind kind = TypeKind.from(types.get(i));
            builder.dup().loadConstant(i).loadLocal(kind, slots[i]);
            if (types.get(i).isPrimitive()) {
                ClassDesc box = boxOf(types.get(i));
                builder.invokestatic(box, "valueOf", MethodTypeDesc.of(box, types.get(i)));
            }
            builder.aastore();
        }
    }

    private static void unbox(CodeBuilder builder, ClassDesc type) {
        if (type.equals(ConstantDescs.CD_void)) {
            builder.pop();
        } else if (type.isPrimitive()) {
            ClassDesc box = boxOf(type);
            builder.checkcast(box).invokevirtual(box, type.displayName() + "Value", MethodTypeDesc.of(type));
        } else {
            builder.checkcast(type);
        }
    }

    private static ClassDesc boxOf(ClassDesc primitive) {
        return switch (primitive.displayName()) {
            case "int" -> ConstantDescs.CD_Integer;
            case "long" -> ConstantDescs.CD_Long;
            case "boolean" -> ConstantDescs.CD_Boolean;
            case "byte" -> ConstantDescs.CD_Byte;
            case "short" -> ConstantDescs.CD_Short;
            case "char" -> ConstantDescs.CD_Character;
            default -> throw new IllegalArgumentException("no verb takes or gives a " + primitive.displayName());
        };
    }
}
