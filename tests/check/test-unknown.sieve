if adress :is "from" "alice@example.org" {
	stop;
}
