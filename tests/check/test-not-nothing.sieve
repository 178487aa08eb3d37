if not { stop; }
