require ["include", "fileinto"];
fileinto "before";
if true { if true { return; } }
fileinto "behind";
