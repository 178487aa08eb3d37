keep;
stop "x";
kepe;
