package dev.stele.medium.sim;

/// One power cut as text: `3:40.0.0` is the cut at point 3 that is left so, and `3:40.0.0/1:71.0.0` that one with
/// another cut, at point 1 of the recovery from it.
///
/// @param point number of the point
/// @param cut what is left there
/// @param inner of the cut during recovery, null for none
record CutCode(int point, String cut, String inner) {
    /// @throws IllegalArgumentException where the text is none that [#text] gives
    static CutCode of(String code) {
        int slash = code.indexOf('/');
        String outer = slash < 0 ? code : code.substring(0, slash);
        int colon = outer.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("this names no power cut: " + code);
        }
        return new CutCode(Integer.parseInt(outer.substring(0, colon)), outer.substring(colon + 1),
                slash < 0 ? null : code.substring(slash + 1));
    }

    /// @param failure after that cut; one of a cut during recovery makes its code part of this
    static String text(int point, String cut, Throwable failure) {
        return point + ":" + cut + (failure instanceof PowerCutFailure inner ? "/" + inner.code() : "");
    }
}
