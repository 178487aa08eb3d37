keep;
/* no end
keep;