require ["fileino", "copy"];
fileinto "x";
wibble;
