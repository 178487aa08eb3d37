keep; // and done
stop;
