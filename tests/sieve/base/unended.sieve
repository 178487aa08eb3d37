keep;
# the last line has no end