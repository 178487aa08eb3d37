require ["replace", "foreverypart", "mime"];
foreverypart {
	if header :mime "X-N" "1" {
		replace :mime "Content-Type: text/plain

--b
";
	}
}
