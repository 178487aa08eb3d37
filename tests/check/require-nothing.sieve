require;
keep;
