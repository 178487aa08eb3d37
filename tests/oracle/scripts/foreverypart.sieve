# Each part after the other, and loops that end early.
require ["mime", "foreverypart", "fileinto", "variables"];
set "types" "";
foreverypart {
	if header :mime :type :matches "Content-Type" "*" { set "t" "${1}"; set :length "n" "${t}"; set "types" "${types}${n}"; }
	else { set "types" "${types}-"; }
}
set "n" "";
foreverypart :name "all" {
	if header :mime :subtype "Content-Type" "html" { set "n" "${n}h"; break :name "all"; }
	if header :mime :type "Content-Type" "image" { set "n" "${n}i"; break; }
	set "n" "${n}.";
}
fileinto "parts-${types} ${n}";
