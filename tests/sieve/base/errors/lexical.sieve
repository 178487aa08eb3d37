keep 18446744073709551616;
keep 17179869184G;
keep 5X;
redirect "ü";
stop @;
