require "ihave";
if ihave "nonsense" {
	nonsense :much 5 ["of", "it"] { keep; }
	if nonsense "x" { keep; }
} else {
	discard;
}
