if not (true, false) { stop; }
