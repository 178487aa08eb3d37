if header :comparator { stop; }
