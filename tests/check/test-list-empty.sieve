if anyof () { stop; }
kepe;
