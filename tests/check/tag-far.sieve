keep :wibble;
