package dev.stele.crash.junit;

import java.util.List;

/// One cut to be tried alone: `moment:losses`, for cuts during recovery followed by `/` and the same again.
record Replay(String code) {
    private String[] parts() {
        return code.split("/");
    }

    int depth() {
        return parts().length;
    }

    /// The moment in the workload.
    Moment moment(List<Moment> workload, Phases phases) {
        return moment(parts()[0], workload, phases);
    }

    private Moment moment(String part, List<Moment> moments, Phases phases) {
        int number;
        try {
            number = Integer.parseInt(part.substring(0, Math.max(0, part.indexOf(':'))));
        } catch (NumberFormatException wrong) {
            throw unreadable(phases);
        }
        if (number < 1 || number > moments.size()) {
            throw Phases.wrong(phases.name(), "replay names point " + number + ", and there are " + moments.size()
                    + " now: the program, or what it is tested with, has changed since");
        }
        return moments.get(number - 1);
    }

    /// The cut of one depth.
    Cut cut(int depth, List<Moment> moments, Model model, Phases phases) {
        String part = parts()[depth];
        Cut cut = new Cut(moment(part, moments, phases), model);
        try {
            cut.choose(part.substring(part.indexOf(':') + 1));
            return cut;
        } catch (IllegalArgumentException wrong) {
            throw unreadable(phases);
        }
    }

    private RuntimeException unreadable(Phases phases) {
        return Phases.wrong(phases.name(), "this is no replay string, copy it whole from a failure: " + code);
    }
}
