keep;
/* this goes on
stop;
