require "ihave";
if ihave ["fileinto", "copy"] {
	fileinto "a";
	redirect :copy "ann@example.org";
}
