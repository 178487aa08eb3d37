# Loops in loops.
require ["mime", "foreverypart", "fileinto", "variables"];
set "types" "";
foreverypart {
	if header :mime :subtype :is "Content-Type" ["mixed", "alternative"] {
		foreverypart {
			if header :mime :subtype "Content-Type" "html" { set "types" "${types}h"; }
			if header :mime :type "Content-Type" "image" { set "types" "${types}i"; }
		}
		set "types" "${types}.";
	}
}
fileinto "nested-${types}";
