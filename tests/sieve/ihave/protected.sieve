require "ihave";
if allof (ihave "nonsense", nonsense "x") {
	keep;
} elsif anyof (not ihave "nonsense", nonsense "x") {
	discard;
}
