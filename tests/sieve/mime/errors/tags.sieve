require ["mime"];

if header :anychild "Subject" "x" { keep; }
if header :type "Content-Type" "x" { keep; }
if header :param "name" "Content-Type" "x" { keep; }
if header :mime :type :subtype "Content-Type" "x" { keep; }
if header :mime :contenttype :param "name" "Content-Type" "x" { keep; }
if address :mime :type "From" "x" { keep; }
if exists :mime :param "name" "From" { keep; }
if exists :anychild "From" { keep; }
if header :mime :param 5 "Content-Type" "x" { keep; }
