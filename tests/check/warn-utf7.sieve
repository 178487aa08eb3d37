require "fileinto";
fileinto "Entw&APw-rfe";
fileinto "R&D";
fileinto "AT&T-mail";
