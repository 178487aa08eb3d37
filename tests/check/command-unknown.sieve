kepe;
