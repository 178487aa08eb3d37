require ["virustest", "spamtestplus"]; if virustest :percent "0" { keep; }
