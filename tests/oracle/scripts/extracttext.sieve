# The text of a part as a variable.
require ["regex", "mime", "foreverypart", "extracttext", "fileinto", "variables"];
set "r" "";
foreverypart {
	if header :mime :contenttype :is "Content-Type" "text/plain" {
		extracttext :first 4 "start";
		extracttext :upper :first 3 "up";
		if string :regex :comparator "i;ascii-casemap" "${start}" "^[a-z]{4}$" { set "r" "${r} ${start}"; } else { set "r" "${r} other"; }
		if string :matches :comparator "i;octet" "${up}" ["T??", "HI*", "> *", "<*"] { set "r" "${r}a"; }
		break;
	}
}
fileinto "text${r}";
