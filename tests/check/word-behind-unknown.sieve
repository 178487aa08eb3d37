mvoe Junk;
if subject contains "x" {
	fileinot Junk keep;
}
kepe;
