wibblewobble "x";
keep;
