frop "x";
